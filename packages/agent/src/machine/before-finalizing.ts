/**
 * What is asked between an open gate and the first change to the ESP: who is logged in, then the node's hooks, then the preflight. Each answer leads to the
 * next question, or back to where the release was staged, with everything as it was.
 */
import { NOT_YET } from "../hooks/point.ts";
import { SESSIONS } from "../sessions/session.ts";
import { backToStaged, onFailure } from "./back-to-staged.ts";
import type { Effect } from "./effect.ts";
import type { Event } from "./event.ts";
import { takeBlocker } from "./guards.ts";
import { isSame, type ReleaseRef } from "./release.ts";
import type { Situation } from "./situation.ts";
import type { Finalizing } from "./state.ts";
import { go, type Handlers, type Stepped, told } from "./stepped.ts";
import { MINUTE, soonAt } from "./time.ts";

type EventOf<K extends Event["kind"]> = Extract<Event, { readonly kind: K }>;
type Question = "sessions" | "hooks" | "preflight";

const ORDER: readonly Question[] = ["sessions", "hooks", "preflight"];

const refOf = ({ version, roothash }: ReleaseRef): ReleaseRef => ({ version, roothash });

/** How a question is put; nothing where it is not. */
const EFFECTS: Readonly<
  Record<Question, (state: Finalizing, situation: Situation) => readonly Effect[]>
> = {
  // Whoever asks for a restart means it, and is one of those who are logged in.
  sessions: ({ byHand, release }, { settings: { sessions } }) =>
    byHand || sessions.postponeMinutes === 0 || sessions.postponeTimes === 0
      ? []
      : [{ kind: "sessions", release: refOf(release) }],
  hooks: ({ byHand, release, skipHooks }) =>
    skipHooks === undefined
      ? [{ kind: "hooks", point: "pre-reboot", release: refOf(release), reason: "update", byHand }]
      : [
          {
            kind: "record",
            entry: { kind: "hooks-skipped", release: refOf(release), aheadOf: "finalize" },
          },
        ],
  preflight: ({ release }) => [{ kind: "preflight", before: "finalize", release }],
};

/** The next question after the one that was answered; with nothing, the first. A line in the ledger waits for no answer. */
export const askAfter = (
  answered: Question | undefined,
  state: Finalizing,
  situation: Situation,
): readonly Effect[] => {
  const effects: Effect[] = [];
  for (const question of ORDER.slice(answered === undefined ? 0 : ORDER.indexOf(answered) + 1)) {
    effects.push(...EFFECTS[question](state, situation));
    if (effects.some(({ kind }) => kind !== "record")) break;
  }
  return effects;
};

const isAsked = (state: Finalizing, { release }: { readonly release: ReleaseRef }): boolean =>
  state.phase === "preflight" && isSame(release, state.release);

/** Put off for the people, so often and no more; counted in the state, since agents come and go meanwhile. Where nobody can tell who is there, nobody is waited for. */
const onSessions = (
  state: Finalizing,
  event: EventOf<"sessions-found">,
  situation: Situation,
): Stepped => {
  if (!isAsked(state, event) || state.byHand) return go(state);
  const { failure } = event;
  const { postponeMinutes, postponeTimes } = situation.settings.sessions;
  const before = state.postponed ?? 0;
  if (failure.code !== SESSIONS || before >= postponeTimes)
    return go(state, ...askAfter("sessions", state, situation));
  return go(
    {
      ...backToStaged(state, situation),
      attempts: state.attempts,
      retryAtMs: situation.nowMs + postponeMinutes * MINUTE,
      postponed: before + 1,
      failure,
    },
    {
      kind: "warn",
      release: refOf(state.release),
      minutes: postponeMinutes * (postponeTimes - before),
    },
  );
};

/** The hooks may have taken a quarter of an hour: an order that was given meanwhile counts. */
const onPassed = (
  state: Finalizing,
  event: EventOf<"hooks-passed">,
  situation: Situation,
): Stepped => {
  if (!isAsked(state, event) || event.point !== "pre-reboot") return go(state);
  const blocker = takeBlocker(state.release, state.byHand, situation);
  return blocker === undefined
    ? go(state, ...askAfter("hooks", state, situation))
    : onFailure(state, { failure: blocker }, situation);
};

const onHeld = (state: Finalizing, event: EventOf<"hooks-held">, situation: Situation): Stepped => {
  const { failure, point } = event;
  if (!isAsked(state, event) || point !== "pre-reboot") return go(state);
  if (failure.code !== NOT_YET) return onFailure(state, event, situation);
  const { attempts } = state;
  return told(
    go({ ...backToStaged(state, situation), attempts, retryAtMs: soonAt(situation), failure }),
    state.byHand,
    failure,
  );
};

export const beforeFinalizing: Handlers<Finalizing> = {
  "sessions-none": (state, event, situation) =>
    isAsked(state, event) && !state.byHand
      ? go(state, ...askAfter("sessions", state, situation))
      : go(state),
  "sessions-found": onSessions,
  "hooks-passed": onPassed,
  "hooks-held": onHeld,
};
