/** staged: a release is whole in the other slot, and the loader does not see it. It waits for the gate, for something newer, or for being dropped. */
import { isSame } from "./release.ts";
import { checkByHand, checkByItself, meansThis } from "./check.ts";
import type { Event } from "./event.ts";
import { isGateOpen, takeBlocker, writeBlocker } from "./guards.ts";
import { askRollback } from "./rolling-back.ts";
import type { Situation } from "./situation.ts";
import type { Staged } from "./state.ts";
import { go, type Handlers, refuse, type Stepped, told } from "./stepped.ts";
import { dropped, pollAfterFailure, pollAgain, rest, take } from "./taking.ts";
import { isDue } from "./time.ts";

type EventOf<K extends Event["kind"]> = Extract<Event, { readonly kind: K }>;

/** A release that nobody may take any more is not booted either: its UKI goes, and the slot is free for the next one. */
const drop = (state: Staged, reason: string, situation: Situation): Stepped =>
  go(rest(pollAgain(situation)), dropped(state, reason), {
    kind: "discard",
    release: state.release,
  });

const finalize = (state: Staged, situation: Situation): Stepped => {
  const { release, byHand, from, attempts } = state;
  return go(
    {
      kind: "finalizing",
      release,
      byHand,
      ...(from === undefined ? {} : { from }),
      phase: "preflight",
      bootId: situation.observed.bootId,
      attempts,
      retryAtMs: situation.nowMs,
    },
    { kind: "preflight", before: "finalize", release },
  );
};

/** What the time brings. */
export const advance = (state: Staged, situation: Situation): Stepped => {
  if (writeBlocker(situation.observed) !== undefined) return go(state);
  // A pause keeps it where it is.
  const blocker = takeBlocker(state.release, true, situation);
  if (blocker !== undefined) return drop(state, blocker.message, situation);
  if (isGateOpen(state, situation) && isDue(state.retryAtMs, situation))
    return finalize(state, situation);
  return isDue(state.polling.checkAtMs, situation)
    ? askAgain(state, checkByItself(situation), situation)
    : go(state);
};

const askAgain = (
  state: Staged,
  effect: ReturnType<typeof checkByItself>,
  situation: Situation,
): Stepped => go({ ...state, polling: { ...state.polling, ...pollAgain(situation) } }, effect);

const onOffered = (
  state: Staged,
  { request, release }: EventOf<"offered">,
  situation: Situation,
): Stepped => {
  if (request.take === "not") return go(state);
  const byHand = request.take === "by-hand";
  const polled: Staged = { ...state, polling: pollAgain(situation) };
  if (isSame(release, state.release))
    return byHand
      ? advance({ ...polled, byHand, retryAtMs: situation.nowMs }, situation)
      : go(polled);
  const blocker = takeBlocker(release, byHand, situation);
  if (blocker !== undefined) return told(go(polled), byHand, blocker);
  // What is staged would be lost for something that may not be staged yet.
  if (situation.settings.stage === "at-window" && !isGateOpen({ byHand }, situation))
    return go(polled);
  const from = request.from === undefined ? {} : { from: request.from };
  return take(state, { release, byHand, ...from }, situation);
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
      ? advance({ ...state, byHand: true, retryAtMs: situation.nowMs }, situation)
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
