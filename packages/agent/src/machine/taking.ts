/** From an offer to the effect that begins to write. */
import type { OfferedRelease } from "./release.ts";
import { isSame } from "./release.ts";
import type { CheckRequest, Effect } from "./effect.ts";
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

/** How a release is taken, of a state in which it is. */
export const takingOf = ({ release, byHand, from, skipHooks }: Taking): Taking => ({
  release,
  byHand,
  ...(from === undefined ? {} : { from }),
  ...(skipHooks === undefined ? {} : { skipHooks }),
});

/** How it is taken where this was the question that found it. */
export const takingAs = (
  release: OfferedRelease,
  { take: how, from, skipHooks }: CheckRequest,
): Taking =>
  takingOf({
    release,
    byHand: how === "by-hand",
    ...(from === undefined ? {} : { from }),
    ...(skipHooks === undefined ? {} : { skipHooks }),
  });

export const takingByHand = (
  release: OfferedRelease,
  { skipHooks }: Pick<Taking, "skipHooks">,
): Taking => takingOf({ release, byHand: true, ...(skipHooks === undefined ? {} : { skipHooks }) });

/** Begins to fetch: whether there is room for it comes first. */
export const take = (state: State, taking: Taking, situation: Situation): Stepped =>
  go(
    {
      kind: "fetching",
      ...takingOf(taking),
      attempts: 1,
      // Should nothing be heard of this attempt.
      retryAtMs: retryAt(situation, 1),
      giveUpAtMs: situation.nowMs + GIVE_UP,
    },
    ...former(state, taking.release),
    { kind: "preflight", before: "stage", release: taking.release },
  );
