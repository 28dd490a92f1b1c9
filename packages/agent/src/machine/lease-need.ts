/** Whether a node needs a lease where it is. All ways out of a restart lead to states that need none: that is when one is given back. */
import { takeBlocker } from "./guards.ts";
import { leaseOf } from "./lease.ts";
import type { Situation } from "./situation.ts";
import type { Fetching, State, Taking } from "./state.ts";
import { isDue } from "./time.ts";

/** `take`: it waits for one; `keep`: one that it has is not given back yet; `none`: it does without. */
export type LeaseNeed = "take" | "keep" | "none";

/** What somebody asked for by hand waits for no lease, and a pause closes the gate whoever grants one. */
const isWaiting = (
  { release, byHand }: Pick<Taking, "release" | "byHand">,
  situation: Situation,
): boolean => {
  const { settings, ledger } = situation;
  return (
    !byHand &&
    settings.strategy === "lock" &&
    ledger.pause === undefined &&
    takeBlocker(release, true, situation) === undefined
  );
};

/** Nobody else is kept waiting for a download that does not come. */
const keepsWhileFetching = (state: Fetching, situation: Situation): boolean =>
  situation.settings.stage === "at-window" &&
  state.failure === undefined &&
  isWaiting(state, situation) &&
  leaseOf(situation.leases, situation.settings.lockServer)?.standing === "held";

export const leaseNeed = (state: State, situation: Situation): LeaseNeed => {
  switch (state.kind) {
    case "init":
    // It is on its way down, or not back yet: nobody else is to go meanwhile.
    case "finalizing":
    case "rolling-back":
    case "probation":
    // It is back, and not well: that is no moment for the next one to go.
    case "held":
      return "keep";
    case "waiting": {
      const isKept = situation.settings.stage === "at-window";
      return isKept && isWaiting({ ...state, byHand: false }, situation) ? "take" : "none";
    }
    case "fetching":
      return keepsWhileFetching(state, situation) ? "keep" : "none";
    case "staged":
      return isWaiting(state, situation) && isDue(state.retryAtMs, situation) ? "take" : "none";
    case "steady":
      return "none";
  }
};
