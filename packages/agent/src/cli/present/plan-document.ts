/** A plan as data. The names are a contract. Pure. */
import type { PlanOutcome } from "../../tasks/plan-update.ts";
import type { Look } from "../agent.ts";
import { restartOf } from "./restart.ts";

export const planDocument = (outcome: PlanOutcome, look: Look): object =>
  outcome.kind === "plan"
    ? { schema: 1, kind: "plan", ...outcome.plan, restart: restartOf(look) }
    : { schema: 1, ...outcome };
