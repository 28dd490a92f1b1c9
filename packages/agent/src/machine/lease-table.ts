/** How leases go, as data: for docs/agent-states.md, and for the test that holds `tend` and `heard` against it. */
import type { LeaseEffect } from "./effect.ts";
import type { Lease } from "./lease.ts";
import type { StateKind } from "./state.ts";

/** `none`: nothing that this node knows of. */
export type LeaseStanding = Lease["standing"] | "none";

export interface LeaseTransition {
  readonly from: LeaseStanding;
  readonly to: LeaseStanding;
  /** Absent where it follows from an answer. */
  readonly effect?: LeaseEffect["kind"];
  /** In words that follow "when". */
  readonly when: string;
}

export const LEASE_TRANSITIONS: readonly LeaseTransition[] = [
  { from: "none", to: "asked", effect: "take-lease", when: "the state waits for one" },
  { from: "asked", to: "asked", effect: "take-lease", when: "it is time to ask again" },
  { from: "returning", to: "asked", effect: "take-lease", when: "the state waits for one again" },
  { from: "asked", to: "held", when: "the server grants it" },
  {
    from: "none",
    to: "returning",
    effect: "return-lease",
    when: "the strategy is `lock`, and the server has not heard in this boot that nothing is held",
  },
  { from: "asked", to: "returning", effect: "return-lease", when: "the state needs none" },
  { from: "held", to: "returning", effect: "return-lease", when: "the state needs none" },
  { from: "returning", to: "returning", effect: "return-lease", when: "it is time to tell again" },
  {
    from: "returning",
    to: "none",
    when: "the server has heard it, or was told 400 times in vain and is not the settings' any more",
  },
];

/** In the words of the table: what `leaseNeed` answers. */
export const LEASE_NEEDS: readonly {
  readonly states: readonly StateKind[];
  readonly when: string;
  readonly need: string;
}[] = [
  {
    states: ["finalizing", "rolling-back", "probation", "held"],
    when: "",
    need: "neither asked for nor given back",
  },
  {
    states: ["staged"],
    when: "where nothing but the lease keeps the release from being finalized",
    need: "asked for",
  },
  { states: ["waiting"], when: "with `stage: at-window`, likewise", need: "asked for" },
  {
    states: ["fetching"],
    when: "with `stage: at-window`, until an attempt fails",
    need: "kept if it is held",
  },
  {
    states: ["steady", "waiting", "fetching", "staged"],
    when: "otherwise (by hand, paused, with another strategy, with another server)",
    need: "given back",
  },
];
