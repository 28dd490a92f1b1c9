/**
 * The machine: where a node is, and what happened; so where it is next, and what is to be done. Pure: everything else that it goes by is the situation.
 * `recover` comes before it, whenever the agent begins anew: a state that is given to `step` agrees with the disk.
 */
import type { Failure } from "../errors.ts";
import { fetching } from "./fetching.ts";
import { finalizing } from "./finalizing.ts";
import type { Event, EventKind } from "./event.ts";
import { held, probation } from "./standing-still.ts";
import { steady, waiting } from "./polling.ts";
import { rollingBack } from "./rolling-back.ts";
import type { Situation } from "./situation.ts";
import { staged } from "./staged.ts";
import type { State, StateKind } from "./state.ts";
import type { Handlers, Stepped } from "./stepped.ts";

const HANDLERS: { readonly [S in StateKind]: Handlers<Extract<State, { readonly kind: S }>> } = {
  // The agent has not looked at its node yet, so that there is nothing to decide from.
  init: {},
  steady,
  waiting,
  fetching,
  staged,
  finalizing,
  "rolling-back": rollingBack,
  probation,
  held,
};

const busy = ({ kind }: State): Failure => ({
  code: "BUSY",
  message: `the agent is ${kind}, and does one thing at a time`,
  hint: "see `slipway-agent status`, and try again when it is through",
});

const OPERATOR: ReadonlySet<EventKind> = new Set<EventKind>([
  "check-asked",
  "update-asked",
  "rollback-asked",
]);

const handle = <S extends State, E extends EventKind>(
  handlers: Handlers<S>,
  state: S,
  event: Extract<Event, { readonly kind: E }> & { readonly kind: E },
  situation: Situation,
): Stepped | undefined => handlers[event.kind]?.(state, event, situation);

const dispatch = <S extends StateKind>(
  state: Extract<State, { readonly kind: S }> & { readonly kind: S },
  event: Event,
  situation: Situation,
): Stepped | undefined => handle(HANDLERS[state.kind], state, event, situation);

/** What follows. An event that means nothing in a state changes nothing; an operator is always answered. */
export const step = (state: State, event: Event, situation: Situation): Stepped =>
  dispatch(state, event, situation) ?? {
    state,
    effects: [],
    ...(OPERATOR.has(event.kind) ? { refusal: busy(state) } : {}),
  };
