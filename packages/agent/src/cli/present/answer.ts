/** How verbs that change something answer. */
import { jsonDocument, printableLine } from "@slipway/host/command-line";
import type { Outcome } from "../verb.ts";
import { Refusal } from "../refusal.ts";
import type { Answer } from "./driven.ts";

/** As data; for people a failure is an error like any other. @throws Refusal */
export const answerOutcome = (answer: Answer, json: boolean): Outcome => {
  const { status, ...document } = answer;
  if (json) return { data: jsonDocument({ schema: 1, ...document }), status };
  if (answer.outcome === "failed" && answer.failure !== undefined)
    throw new Refusal(answer.failure);
  return { data: `${printableLine(answer.message)}\n`, status };
};
