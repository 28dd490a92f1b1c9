/** staged: a release is whole in the other slot, and the loader does not see it. It waits for the gate, for something newer, or for being dropped. */
import { isSame } from "./release.ts";
import { askAfter } from "./before-finalizing.ts";
import { checkByHand, checkByItself, meansThis } from "./check.ts";
import type { Event } from "./event.ts";
import { gateOpensAt, isGateOpen, takeBlocker, writeBlocker } from "./guards.ts";
import { askRollback } from "./rolling-back.ts";
import type { Situation } from "./situation.ts";
import type { Finalizing, Staged } from "./state.ts";
import { go, type Handlers, refuse, type Stepped, told } from "./stepped.ts";
import { dropped, pollAfterFailure, pollAgain, rest, take, takingAs, takingOf } from "./taking.ts";
import { isCheckDue, isDue } from "./time.ts";

type EventOf<K extends Event["kind"]> = Extract<Event, { readonly kind: K }>;

/** A release that nobody may take any more is not booted either: its UKI goes, and the slot is free for the next one. */
const drop = (state: Staged, reason: string, situation: Situation): Stepped =>
  go(rest(pollAgain(situation)), dropped(state, reason), {
    kind: "discard",
    release: state.release,
  });

const finalize = (state: Staged, situation: Situation): Stepped => {
  const { attempts, postponed } = state;
  const next: Finalizing = {
    kind: "finalizing",
    ...takingOf(state),
    phase: "preflight",
    bootId: situation.observed.bootId,
    attempts,
    retryAtMs: situation.nowMs,
    ...(postponed === undefined ? {} : { postponed }),
  };
  return go(next, ...askAfter(undefined, next, situation));
};

/** An operator opens the gate, and says anew whether hooks count. */
const byHandNow = (
  state: Staged,
  { skipHooks }: Pick<Staged, "skipHooks">,
  { nowMs }: Situation,
): Staged => {
  const { skipHooks: _, ...rest } = state;
  return {
    ...rest,
    byHand: true,
    ...(skipHooks === undefined ? {} : { skipHooks }),
    retryAtMs: nowMs,
  };
};

/** What the time brings. */
export const advance = (state: Staged, situation: Situation): Stepped => {
  if (writeBlocker(situation.observed) !== undefined) return go(state);
  // A pause keeps it where it is.
  const blocker = takeBlocker(state.release, true, situation);
  if (blocker !== undefined) return drop(state, blocker.message, situation);
  if (isGateOpen(state, situation) && isDue(state.retryAtMs, situation))
    return finalize(state, situation);
  return isCheckDue(state.polling, situation)
    ? askAgain(state, checkByItself(situation), situation)
    : go(state);
};

const askAgain = (
  state: Staged,
  effect: ReturnType<typeof checkByItself>,
  situation: Situation,
): Stepped => go({ ...state, polling: { ...state.polling, ...pollAgain(situation) } }, effect);

/** Of what the last one took: no two take the same. */
const ROOM = 2;

/**
 * Whether a window opens before another release could be staged for it. What is whole then is worth more than what is newer: on a channel that moves faster
 * than a node stages, windows would else find nothing.
 */
const opensTooSoon = ({ tookMs = 0 }: Staged, situation: Situation): boolean =>
  gateOpensAt({ byHand: false }, situation) - situation.nowMs < tookMs * ROOM;

const onOffered = (
  state: Staged,
  { request, release }: EventOf<"offered">,
  situation: Situation,
): Stepped => {
  if (request.take === "not") return go(state);
  const byHand = request.take === "by-hand";
  const polled: Staged = { ...state, polling: pollAgain(situation) };
  if (isSame(release, state.release))
    return byHand ? advance(byHandNow(polled, request, situation), situation) : go(polled);
  const blocker = takeBlocker(release, byHand, situation);
  if (blocker !== undefined) return told(go(polled), byHand, blocker);
  // What is staged would be lost for something that may not be staged yet, or not in time.
  const isKept = situation.settings.stage === "at-window" || opensTooSoon(state, situation);
  if (isKept && !isGateOpen({ byHand }, situation)) return go(polled);
  return take(state, takingAs(release, request), situation);
};

/** The signed word of the repository about this very release. */
const REVOKED: ReadonlySet<string> = new Set(["withdrawn", "dead-end", "not-signed"]);

const onNothing = (
  state: Staged,
  { request, blocker }: EventOf<"nothing-offered">,
  situation: Situation,
): Stepped => {
  const isRevoked = blocker.version === state.release.version && REVOKED.has(blocker.code);
  // By hand something else may have been looked for.
  const next =
    isRevoked && request.from === undefined && writeBlocker(situation.observed) === undefined
      ? drop(state, blocker.message, situation)
      : go({ ...state, polling: pollAgain(situation) });
  return told(next, request.take === "by-hand", blocker);
};

export const staged: Handlers<Staged> = {
  tick: (state, _, situation) => advance(state, situation),
  "check-asked": (state, _, situation) => askAgain(state, checkByItself(situation), situation),
  "update-asked": (state, event, situation) => {
    if (!meansThis(event, state.release))
      return askAgain(state, checkByHand(event, situation), situation);
    const blocker = takeBlocker(state.release, true, situation);
    return blocker === undefined
      ? advance(byHandNow(state, event, situation), situation)
      : refuse(state, blocker);
  },
  "rollback-asked": askRollback,
  offered: onOffered,
  "nothing-offered": onNothing,
  "check-failed": (state, { request, failure }, situation) =>
    told(
      go({ ...state, polling: pollAfterFailure(state.polling, situation, failure) }),
      request.take === "by-hand",
      failure,
    ),
};
