/**
 * Every transition that there is, as data. `step` is written by hand, since what it decides by does not fit into a table; a test holds it against this one
 * in both directions, and docs/agent-states.md is made from it.
 */
import type { LedgerEntryKind } from "../ledger/entry.ts";
import type { EffectKind } from "./effect.ts";
import type { EventKind } from "./event.ts";
import type { StateKind } from "./state.ts";

/** An effect; of a line in the ledger its kind as well. */
export type EffectName = Exclude<EffectKind, "record"> | `record ${LedgerEntryKind}`;

export interface Transition {
  readonly from: StateKind;
  readonly on: EventKind;
  readonly to: StateKind;
  readonly effects: readonly EffectName[];
  /** In words that follow "when". */
  readonly when: string;
}

/** Leads into a state when the agent begins anew, whatever it was in. */
export interface Recovery {
  readonly to: StateKind;
  readonly when: string;
}

type Row = readonly [
  from: StateKind,
  on: EventKind,
  to: StateKind,
  effects: readonly EffectName[],
  when: string,
];

/** What is asked first between an open gate and the first change. */
const SESSIONS = "the gate is open, and nobody asked for it by hand";
const HOOKS = "the gate is open; by hand, or whoever is logged in is not asked for";
const SKIPPED = ["record hooks-skipped", "preflight"] as const;
const SKIPPED_WHEN = "an operator opened the gate, and passes over the hooks";

const DROP = ["record dropped", "discard"] as const;
const ROLL_BACK = ["record rolled-back", "rollback"] as const;
const ROLL_BACK_WHEN = "the other slot holds a release to roll back to";
const BLOCKED = "it may not be taken any more: forbidden, pinned away, paused, below the floor";

const ROWS: readonly Row[] = [
  ["steady", "tick", "steady", ["check"], "the next check is due"],
  ["steady", "check-asked", "steady", ["check"], "an operator wants to know"],
  ["steady", "update-asked", "steady", ["check"], "an operator wants what there is"],
  ["steady", "offered", "fetching", ["preflight"], "nothing is in its way"],
  ["steady", "offered", "waiting", [], "the other slot is kept until the gate opens"],
  ["steady", "rollback-asked", "rolling-back", ROLL_BACK, ROLL_BACK_WHEN],

  ["waiting", "tick", "waiting", ["check"], "the next check is due"],
  ["waiting", "tick", "fetching", ["preflight"], "the gate has opened"],
  ["waiting", "tick", "steady", [], BLOCKED],
  ["waiting", "check-asked", "waiting", ["check"], "an operator wants to know"],
  ["waiting", "update-asked", "fetching", ["preflight"], "an operator opens the gate"],
  ["waiting", "update-asked", "waiting", ["check"], "an operator wants another release"],
  ["waiting", "update-asked", "steady", [], BLOCKED],
  ["waiting", "offered", "fetching", ["preflight"], "nothing is in its way"],
  ["waiting", "offered", "steady", [], "it may not be taken"],
  ["waiting", "nothing-offered", "steady", [], "it is offered no longer"],
  ["waiting", "rollback-asked", "rolling-back", ROLL_BACK, ROLL_BACK_WHEN],

  ["fetching", "tick", "fetching", ["preflight"], "the next attempt is due"],
  ["fetching", "tick", "steady", [], "it may not be taken any more, or is given up"],
  ["fetching", "check-asked", "fetching", ["preflight"], "an operator does not want to wait"],
  ["fetching", "update-asked", "fetching", ["preflight"], "an operator wants this one, now"],
  ["fetching", "update-asked", "steady", ["check"], "an operator wants another release"],
  ["fetching", "update-asked", "steady", [], BLOCKED],
  ["fetching", "preflight-passed", "fetching", ["hooks"], "there is room: `pre-fetch`"],
  [
    "fetching",
    "preflight-passed",
    "fetching",
    ["record hooks-skipped", "stage"],
    "there is room, and an operator passes over the hooks",
  ],
  ["fetching", "preflight-passed", "steady", [], BLOCKED],
  ["fetching", "preflight-refused", "steady", [], "that was the last attempt"],
  ["fetching", "hooks-passed", "fetching", ["hooks"], "`pre-fetch` lets it go on: `pre-stage`"],
  ["fetching", "hooks-passed", "fetching", ["stage"], "`pre-stage` lets it go on"],
  [
    "fetching",
    "hooks-passed",
    "fetching",
    ["record hooks-skipped", "stage"],
    "an operator passes over the other hooks",
  ],
  ["fetching", "hooks-passed", "steady", [], BLOCKED],
  ["fetching", "hooks-held", "steady", [], "that was the last attempt, or its time is over"],
  ["fetching", "stage-failed", "steady", [], "that was the last attempt"],
  ["fetching", "stage-done", "finalizing", ["record staged", "sessions"], SESSIONS],
  ["fetching", "stage-done", "finalizing", ["record staged", "hooks"], HOOKS],
  ["fetching", "stage-done", "finalizing", ["record staged", ...SKIPPED], SKIPPED_WHEN],
  ["fetching", "stage-done", "staged", ["record staged"], "the gate is closed"],
  ["fetching", "stage-done", "steady", ["record staged", ...DROP], BLOCKED],
  ["fetching", "rollback-asked", "rolling-back", ROLL_BACK, ROLL_BACK_WHEN],

  ["staged", "tick", "staged", ["check"], "the next check is due"],
  ["staged", "tick", "finalizing", ["sessions"], SESSIONS],
  ["staged", "tick", "finalizing", ["hooks"], HOOKS],
  ["staged", "tick", "finalizing", SKIPPED, SKIPPED_WHEN],
  ["staged", "tick", "steady", DROP, BLOCKED],
  ["staged", "check-asked", "staged", ["check"], "an operator wants to know"],
  ["staged", "update-asked", "finalizing", ["hooks"], "an operator opens the gate"],
  ["staged", "update-asked", "finalizing", SKIPPED, SKIPPED_WHEN],
  ["staged", "update-asked", "staged", ["check"], "an operator wants another release"],
  ["staged", "offered", "fetching", ["record dropped", "preflight"], "something newer is offered"],
  ["staged", "offered", "finalizing", ["hooks"], "an operator asked, and it is this one"],
  ["staged", "offered", "finalizing", SKIPPED, SKIPPED_WHEN],
  ["staged", "offered", "steady", DROP, BLOCKED],
  ["staged", "nothing-offered", "steady", DROP, "the repository has withdrawn it"],
  ["staged", "rollback-asked", "rolling-back", ROLL_BACK, ROLL_BACK_WHEN],

  ["finalizing", "sessions-none", "finalizing", ["hooks"], "nobody is logged in"],
  [
    "finalizing",
    "sessions-found",
    "finalizing",
    ["hooks"],
    "it was put off often enough, or nobody can tell who is logged in",
  ],
  ["finalizing", "sessions-found", "staged", ["warn"], "it is put off for those who are logged in"],
  ["finalizing", "hooks-passed", "finalizing", ["preflight"], "`pre-reboot` lets it go on"],
  ["finalizing", "hooks-passed", "staged", [], BLOCKED],
  ["finalizing", "hooks-held", "staged", [], "a hook holds it: it is asked again later"],
  [
    "finalizing",
    "preflight-passed",
    "finalizing",
    ["record finalized", "finalize"],
    "nothing is in its way",
  ],
  ["finalizing", "preflight-passed", "staged", [], BLOCKED],
  ["finalizing", "preflight-refused", "staged", [], "it is tried again later"],
  ["finalizing", "finalize-failed", "staged", [], "it is tried again later"],
  ["finalizing", "finalize-done", "finalizing", ["reboot"], "the entry has its name"],
  ["finalizing", "tick", "finalizing", ["reboot"], "the node still has not restarted"],

  [
    "rolling-back",
    "rollback-done",
    "rolling-back",
    ["hooks", "reboot"],
    "the entries have their names; no hook has a say",
  ],
  ["rolling-back", "tick", "rolling-back", ["rollback"], "the next attempt is due"],
  ["rolling-back", "tick", "rolling-back", ["reboot"], "the node still has not restarted"],

  [
    "probation",
    "check-asked",
    "probation",
    ["check"],
    "an operator wants to know; nothing is taken",
  ],
  ["held", "check-asked", "held", ["check"], "an operator wants to know; nothing is taken"],
  [
    "held",
    "rollback-asked",
    "rolling-back",
    ROLL_BACK,
    "the booted release is bad, and the other is forgiven",
  ],
];

export const TRANSITIONS: readonly Transition[] = ROWS.map(([from, on, to, effects, when]) => ({
  from,
  on,
  to,
  effects,
  when,
}));

/** In the order in which they are looked for. */
export const RECOVERIES: readonly Recovery[] = [
  { to: "held", when: "the node is degraded, or nobody can tell what it was booted from" },
  { to: "probation", when: "the loader counted this boot, and nobody has blessed it" },
  { to: "rolling-back", when: "the ledger has a rollback that has not arrived" },
  { to: "held", when: "the booted release is bad" },
  { to: "finalizing", when: "a finalized release has its name, and another one runs" },
  { to: "staged", when: "the other slot holds a staged release that the ledger knows" },
  { to: "fetching", when: "the journal says so" },
  { to: "waiting", when: "the journal says so" },
  { to: "steady", when: "in all other cases" },
];
