/** From finalizing back to where nothing had begun. */
import type { Failure } from "../errors.ts";
import type { Situation } from "./situation.ts";
import type { Finalizing, Staged } from "./state.ts";
import { go, type Stepped, told } from "./stepped.ts";
import { pollAgain, takingOf } from "./taking.ts";
import { retryAt } from "./time.ts";

/** The next attempt comes later each time. */
export const backToStaged = (state: Finalizing, situation: Situation): Staged => {
  const attempts = state.attempts + 1;
  return {
    kind: "staged",
    ...takingOf(state),
    polling: pollAgain(situation),
    attempts,
    retryAtMs: retryAt(situation, attempts),
    ...(state.postponed === undefined ? {} : { postponed: state.postponed }),
  };
};

export const onFailure = (
  state: Finalizing,
  { failure }: { readonly failure: Failure },
  situation: Situation,
): Stepped => told(go({ ...backToStaged(state, situation), failure }), state.byHand, failure);
