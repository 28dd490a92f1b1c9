/** From an offer to the effect that begins to write. */
import type { OfferedRelease } from "./release.ts";
import { isSame } from "./release.ts";
import type { Effect } from "./effect.ts";
import type { Situation } from "./situation.ts";
import type { Polling, State, Steady, Taking } from "./state.ts";
import { go, type Stepped } from "./stepped.ts";
import type { Failure } from "../errors.ts";
import { checkAgainAt, GIVE_UP, nextCheckAt, retryAt } from "./time.ts";

/** Asked, and all is well. */
export const pollAgain = (situation: Situation): Polling => ({
  checkAtMs: nextCheckAt(situation, situation.settings),
  failures: 0,
});

/** Asked, or tried what came of it, in vain. */
export const pollAfterFailure = (
  { failures }: Pick<Polling, "failures">,
  situation: Situation,
  failure: Failure,
): Polling => ({
  checkAtMs: checkAgainAt(situation, situation.settings, failures + 1),
  failures: failures + 1,
  failure,
});

export const rest = (polling: Polling): Steady => ({ kind: "steady", polling });

/** What is left behind when another release takes the place of a staged one; told first, so that nobody looks for how it ended. */
export const dropped = (
  { release }: { readonly release: OfferedRelease },
  reason: string,
): Effect => ({
  kind: "record",
  entry: {
    kind: "dropped",
    release: { version: release.version, roothash: release.roothash },
    reason,
  },
});

const former = (state: State, next: OfferedRelease): readonly Effect[] =>
  state.kind === "staged" && !isSame(state.release, next)
    ? [dropped(state, `${next.version} takes its place`)]
    : [];

/** Begins to fetch: whether there is room for it comes first. */
export const take = (
  state: State,
  { release, byHand, from }: Taking,
  situation: Situation,
): Stepped =>
  go(
    {
      kind: "fetching",
      release,
      byHand,
      ...(from === undefined ? {} : { from }),
      attempts: 1,
      // Should nothing be heard of this attempt.
      retryAtMs: retryAt(situation, 1),
      giveUpAtMs: situation.nowMs + GIVE_UP,
    },
    ...former(state, release),
    { kind: "preflight", before: "stage", release },
  );
