/** fetching: a release is on its way into the other slot. Each attempt is counted before it begins, and they end. */
import { isSame } from "./release.ts";
import { checkByHand, meansThis } from "./check.ts";
import type { Failure } from "../errors.ts";
import { takeBlocker } from "./guards.ts";
import { askRollback } from "./rolling-back.ts";
import type { Situation } from "./situation.ts";
import { advance } from "./staged.ts";
import type { Fetching, Staged } from "./state.ts";
import { go, type Handlers, refuse, type Stepped, told } from "./stepped.ts";
import { pollAfterFailure, pollAgain, rest, take } from "./taking.ts";
import { isDue, MOST_ATTEMPTS, retryAt } from "./time.ts";

const attempt = (state: Fetching, situation: Situation): Stepped => {
  const attempts = state.attempts + 1;
  return go(
    { ...state, attempts, retryAtMs: retryAt(situation, attempts) },
    { kind: "preflight", before: "stage", release: state.release },
  );
};

/** What was fetched stays on /var, for when it is offered again. */
const giveUp = (state: Fetching, failure: Failure, situation: Situation): Stepped =>
  go(rest(pollAfterFailure({ failures: state.attempts }, situation, failure)));

const UNHEARD: Failure = {
  code: "UNFINISHED",
  message: "staging was interrupted, again and again",
  hint: "see `slipway-agent history` and the node's journal for what ended it",
};

const onFailure = (state: Fetching, failure: Failure, situation: Situation): Stepped => {
  const isOver =
    state.attempts >= MOST_ATTEMPTS || isDue(state.giveUpAtMs, situation)
      ? giveUp(state, failure, situation)
      : go({ ...state, failure, retryAtMs: retryAt(situation, state.attempts) });
  return told(isOver, state.byHand, failure);
};

const onTick = (state: Fetching, _: unknown, situation: Situation): Stepped => {
  // It may have been forbidden, or the node pinned or paused, since it was offered.
  if (takeBlocker(state.release, state.byHand, situation) !== undefined)
    return go(rest(pollAgain(situation)));
  if (!isDue(state.retryAtMs, situation)) return go(state);
  if (state.attempts >= MOST_ATTEMPTS || isDue(state.giveUpAtMs, situation))
    return giveUp(state, state.failure ?? UNHEARD, situation);
  return attempt(state, situation);
};

const onStaged = (state: Fetching, situation: Situation): Stepped => {
  const { release, byHand, from } = state;
  const { version, roothash, securityEpoch } = release;
  const staged: Staged = {
    kind: "staged",
    release,
    byHand,
    ...(from === undefined ? {} : { from }),
    polling: pollAgain(situation),
    attempts: 0,
    retryAtMs: situation.nowMs,
  };
  const next = advance(staged, situation);
  const effect = {
    kind: "record",
    entry: { kind: "staged", release: { version, roothash }, securityEpoch },
  } as const;
  return { ...next, effects: [effect, ...next.effects] };
};

export const fetching: Handlers<Fetching> = {
  tick: onTick,
  "check-asked": (state, _, situation) => attempt(state, situation),
  "update-asked": (state, event, situation) => {
    if (!meansThis(event, state.release))
      return go(rest(pollAgain(situation)), checkByHand(event, situation));
    const blocker = takeBlocker(state.release, true, situation);
    return blocker === undefined
      ? take(state, { release: state.release, byHand: true }, situation)
      : refuse(rest(pollAgain(situation)), blocker);
  },
  "rollback-asked": askRollback,
  "preflight-passed": (state, { release }, situation) => {
    if (!isSame(release, state.release)) return go(state);
    const blocker = takeBlocker(state.release, state.byHand, situation);
    if (blocker !== undefined) return told(go(rest(pollAgain(situation))), state.byHand, blocker);
    const from = state.from === undefined ? {} : { from: state.from };
    return go(state, { kind: "stage", release: state.release, ...from });
  },
  "preflight-refused": (state, { failure }, situation) => onFailure(state, failure, situation),
  "stage-failed": (state, { failure }, situation) => onFailure(state, failure, situation),
  "stage-done": (state, { release }, situation) =>
    isSame(release, state.release) ? onStaged(state, situation) : go(state),
};
