import { jsonDocument, parseArguments, printableLine } from "@slipway/host/command-line";
import type { CheckOutcome } from "../../engine/ports.ts";
import { exitStatusOf } from "../exit-status.ts";
import { dateAndDistance } from "../present/time.ts";
import { Refusal } from "../refusal.ts";
import { ANSWER_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

/** For people. @throws Refusal where nobody could answer */
const checkText = (outcome: CheckOutcome, now: number): string => {
  switch (outcome.kind) {
    case "offer":
      return `${outcome.release.version} (${outcome.release.roothash.slice(0, 8)}) is offered: \`slipway-agent update\` takes it\n`;
    case "none": {
      const { message, hint, clearsAt } = outcome.blocker;
      const clears = clearsAt === undefined ? "" : `; clears ${dateAndDistance(clearsAt, now)}`;
      return `nothing is offered: ${printableLine(message)}${clears}\n${hint === undefined ? "" : `${printableLine(hint)}\n`}`;
    }
    case "failed":
      throw new Refusal(outcome);
  }
};

export const check: Verb = {
  help: {
    summary: "Ask the repository what there is for this node, and take nothing",
    usage: ["check [--json]"],
    about: [
      "Looks for a newer state of the repository, verifies it, and says which release this node is offered, or what keeps it away and when that clears. An answer of either kind is status 0; 1 and 75 say that there was no answer.",
    ],
    options: ANSWER_OPTIONS,
    examples: [
      { line: "slipway-agent check", does: "See what an update would take." },
      {
        line: "slipway-agent check --json | jq -r .blocker.message",
        does: "Learn why nothing is offered.",
      },
    ],
  },
  run: async (args, world) => {
    const { values } = parseArguments(args, ANSWER_OPTIONS, NO_OPERANDS);
    const outcome = await (await world.agent()).check({ take: "not" });
    if (values.json !== true)
      return { data: checkText(outcome, Math.floor(world.clock.now().getTime() / 1000)) };
    return {
      data: jsonDocument({ schema: 1, ...outcome }),
      status: outcome.kind === "failed" ? exitStatusOf(outcome.code) : 0,
    };
  },
};
