/** probation and held: nothing is written, and `recover` finds out when that is over. An operator may look what there is, and is told why nothing is taken. */
import type { Failure } from "../errors.ts";
import { checkOnly } from "./check.ts";
import { writeBlocker } from "./guards.ts";
import { askRollback } from "./rolling-back.ts";
import type { Situation } from "./situation.ts";
import type { Held, Probation } from "./state.ts";
import { go, type Handlers, refuse } from "./stepped.ts";

const blockerOf = ({ observed }: Situation): Failure =>
  writeBlocker(observed) ?? {
    code: "BUSY",
    message: "this node has not looked at itself since it was blessed",
    hint: "try again",
  };

export const probation: Handlers<Probation> = {
  "check-asked": (state, _, situation) => go(state, checkOnly(situation)),
  "update-asked": (state, _, situation) => refuse(state, blockerOf(situation)),
  "rollback-asked": askRollback,
};

export const held: Handlers<Held> = {
  "check-asked": (state, _, situation) => go(state, checkOnly(situation)),
  "update-asked": (state) => refuse(state, state.failure),
  "rollback-asked": askRollback,
};
