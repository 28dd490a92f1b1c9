/** What a step comes to. */
import type { Failure } from "../errors.ts";
import type { Effect } from "./effect.ts";
import type { Event, EventKind } from "./event.ts";
import type { Situation } from "./situation.ts";
import type { State } from "./state.ts";

export interface Stepped {
  readonly state: State;
  readonly effects: readonly Effect[];
  /** Why what an operator asked for is not done, or did not succeed. */
  readonly refusal?: Failure;
}

/** One state's answers, by event. What is not among them changes nothing. */
export type Handlers<S extends State> = {
  readonly [E in EventKind]?: (
    state: S,
    event: Extract<Event, { readonly kind: E }>,
    situation: Situation,
  ) => Stepped;
};

export const go = (state: State, ...effects: readonly Effect[]): Stepped => ({ state, effects });

export const refuse = (state: State, refusal: Failure): Stepped => ({
  state,
  effects: [],
  refusal,
});

/** The failure is the operator's business where an operator asked for what failed. */
export const told = (stepped: Stepped, byHand: boolean, refusal: Failure): Stepped =>
  byHand ? { ...stepped, refusal } : stepped;
