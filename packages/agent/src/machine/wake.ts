/** When the machine wants to be looked at next. */
import { gateOpensAt } from "./guards.ts";
import type { Situation } from "./situation.ts";
import type { State } from "./state.ts";
import { tendAt } from "./tend-leases.ts";
import { longestInterval, MINUTE, PROBATION_LOOK, SECOND } from "./time.ts";

const SOONEST = SECOND;

const momentOf = (state: State, situation: Situation): number => {
  switch (state.kind) {
    case "init":
      return situation.nowMs;
    case "steady":
      return state.polling.checkAtMs;
    case "waiting":
      return Math.min(state.polling.checkAtMs, gateOpensAt({ byHand: false }, situation));
    case "fetching":
    case "finalizing":
    case "rolling-back":
      return state.retryAtMs;
    case "staged":
      return Math.min(
        state.polling.checkAtMs,
        Math.max(state.retryAtMs, gateOpensAt(state, situation)),
      );
    case "probation":
      return situation.nowMs + PROBATION_LOOK;
    case "held":
      return state.lookAtMs;
  }
};

/** Milliseconds until the next tick: from one second to a day, whatever the clock did. */
export const wakeInMs = (state: State, situation: Situation): number => {
  const longest = Math.min(24 * 60 * MINUTE, longestInterval(situation.settings) + MINUTE);
  const moment = Math.min(momentOf(state, situation), tendAt(state, situation));
  const wait = moment - situation.nowMs;
  return Math.min(Math.max(wait, SOONEST), Math.max(longest, PROBATION_LOOK));
};
