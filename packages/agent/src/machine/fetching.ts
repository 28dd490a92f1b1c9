/** fetching: a release is on its way into the other slot. Each attempt is counted before it begins, and they end. */
import { type AskedPoint, NOT_YET } from "../hooks/point.ts";
import { isSame } from "./release.ts";
import { askBeforeStaging } from "./before-staging.ts";
import { checkByHand, meansThis } from "./check.ts";
import type { Failure } from "../errors.ts";
import { takeBlocker } from "./guards.ts";
import { askRollback } from "./rolling-back.ts";
import type { Situation } from "./situation.ts";
import { advance } from "./staged.ts";
import type { Fetching, Staged } from "./state.ts";
import { go, type Handlers, refuse, type Stepped, told } from "./stepped.ts";
import { pollAfterFailure, pollAgain, rest, take, takingByHand, takingOf } from "./taking.ts";
import { isDue, MOST_ATTEMPTS, passedOf, retryAt, soonAt } from "./time.ts";

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
  const { version, roothash, securityEpoch } = state.release;
  const staged: Staged = {
    kind: "staged",
    ...takingOf(state),
    polling: pollAgain(situation),
    attempts: 0,
    retryAtMs: situation.nowMs,
    tookMs: passedOf(state.giveUpAtMs, situation),
  };
  const next = advance(staged, situation);
  const effect = {
    kind: "record",
    entry: { kind: "staged", release: { version, roothash }, securityEpoch },
  } as const;
  return { ...next, effects: [effect, ...next.effects] };
};

/** What had passed by then may be in the way now: hooks take their time. */
const stageAfter = (
  point: AskedPoint | undefined,
  state: Fetching,
  situation: Situation,
): Stepped => {
  const blocker = takeBlocker(state.release, state.byHand, situation);
  return blocker === undefined
    ? go(state, ...askBeforeStaging(point, state))
    : told(go(rest(pollAgain(situation))), state.byHand, blocker);
};

/** That was no attempt: it is made when the hook lets it, until the release is given up for its time. */
const notYet = (state: Fetching, failure: Failure, situation: Situation): Stepped =>
  isDue(state.giveUpAtMs, situation)
    ? giveUp(state, failure, situation)
    : go({
        ...state,
        failure,
        attempts: Math.max(0, state.attempts - 1),
        retryAtMs: soonAt(situation),
      });

export const fetching: Handlers<Fetching> = {
  tick: onTick,
  "check-asked": (state, _, situation) => attempt(state, situation),
  "update-asked": (state, event, situation) => {
    if (!meansThis(event, state.release))
      return go(rest(pollAgain(situation)), checkByHand(event, situation));
    const blocker = takeBlocker(state.release, true, situation);
    return blocker === undefined
      ? take(state, takingByHand(state.release, event), situation)
      : refuse(rest(pollAgain(situation)), blocker);
  },
  "rollback-asked": askRollback,
  "preflight-passed": (state, { release }, situation) => {
    if (!isSame(release, state.release)) return go(state);
    return stageAfter(undefined, state, situation);
  },
  "hooks-passed": (state, { point, release }, situation) =>
    isSame(release, state.release) ? stageAfter(point, state, situation) : go(state),
  "hooks-held": (state, { failure }, situation) =>
    failure.code === NOT_YET
      ? told(notYet(state, failure, situation), state.byHand, failure)
      : onFailure(state, failure, situation),
  "preflight-refused": (state, { failure }, situation) => onFailure(state, failure, situation),
  "stage-failed": (state, { failure }, situation) => onFailure(state, failure, situation),
  "stage-done": (state, { release }, situation) =>
    isSame(release, state.release) ? onStaged(state, situation) : go(state),
};
