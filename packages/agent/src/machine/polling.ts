/** steady and waiting: nothing is written; the repository is asked from time to time. */
import { checkByHand, checkByItself, meansThis } from "./check.ts";
import type { Event } from "./event.ts";
import { isGateOpen, takeBlocker } from "./guards.ts";
import { askRollback } from "./rolling-back.ts";
import type { Situation } from "./situation.ts";
import type { Steady, Waiting } from "./state.ts";
import { go, type Handlers, type Stepped, told } from "./stepped.ts";
import { pollAfterFailure, pollAgain, rest, take, takingAs, takingByHand } from "./taking.ts";
import { isCheckDue } from "./time.ts";

type EventOf<K extends Event["kind"]> = Extract<Event, { readonly kind: K }>;

/** Asks; until an answer comes the next question is put off, so that one that ends the agent is not asked for ever. */
const ask = (
  state: Steady | Waiting,
  effect: ReturnType<typeof checkByItself>,
  situation: Situation,
): Stepped => go({ ...state, polling: { ...state.polling, ...pollAgain(situation) } }, effect);

const onOffered = (
  state: Steady | Waiting,
  { request, release }: EventOf<"offered">,
  situation: Situation,
): Stepped => {
  if (request.take === "not") return go(state);
  const byHand = request.take === "by-hand";
  const blocker = takeBlocker(release, byHand, situation);
  const polling = pollAgain(situation);
  if (blocker !== undefined) return told(go(rest(polling)), byHand, blocker);
  const isEarly = situation.settings.stage === "early";
  if (!isEarly && !isGateOpen({ byHand }, situation))
    return go({ kind: "waiting", release, polling });
  return take(state, takingAs(release, request), situation);
};

const onNothing = (
  { request, blocker }: EventOf<"nothing-offered">,
  situation: Situation,
): Stepped => told(go(rest(pollAgain(situation))), request.take === "by-hand", blocker);

const onCheckFailed = (
  state: Steady | Waiting,
  { request, failure }: EventOf<"check-failed">,
  situation: Situation,
): Stepped =>
  told(
    go({ ...state, polling: pollAfterFailure(state.polling, situation, failure) }),
    request.take === "by-hand",
    failure,
  );

/** To look is what an operator asked for, so it is told what there is whatever becomes of it. */
export const steady: Handlers<Steady> = {
  tick: (state, _, situation) =>
    isCheckDue(state.polling, situation)
      ? ask(state, checkByItself(situation), situation)
      : go(state),
  "check-asked": (state, _, situation) => ask(state, checkByItself(situation), situation),
  "update-asked": (state, event, situation) => ask(state, checkByHand(event, situation), situation),
  "rollback-asked": askRollback,
  offered: onOffered,
  "nothing-offered": (_, event, situation) => onNothing(event, situation),
  "check-failed": onCheckFailed,
};

export const waiting: Handlers<Waiting> = {
  tick: (state, _, situation) => {
    if (takeBlocker(state.release, true, situation) !== undefined)
      return go(rest(pollAgain(situation)));
    const isOpen =
      situation.settings.stage === "early"
        ? situation.ledger.pause === undefined
        : isGateOpen({ byHand: false }, situation);
    if (isOpen) return take(state, { release: state.release, byHand: false }, situation);
    return isCheckDue(state.polling, situation)
      ? ask(state, checkByItself(situation), situation)
      : go(state);
  },
  "check-asked": (state, _, situation) => ask(state, checkByItself(situation), situation),
  "update-asked": (state, event, situation) => {
    if (!meansThis(event, state.release))
      return ask(state, checkByHand(event, situation), situation);
    const blocker = takeBlocker(state.release, true, situation);
    if (blocker !== undefined) return told(go(rest(pollAgain(situation))), true, blocker);
    return take(state, takingByHand(state.release, event), situation);
  },
  "rollback-asked": askRollback,
  offered: onOffered,
  "nothing-offered": (_, event, situation) => onNothing(event, situation),
  "check-failed": onCheckFailed,
};
