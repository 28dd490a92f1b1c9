/** What the agent remembers between two runs beside the ledger: only what nobody can look up on the disk. */
import type { Failure } from "../errors.ts";
import type { Blocker } from "./event.ts";
import type { Leases } from "./lease.ts";
import type { OfferedRelease } from "./release.ts";
import type { State } from "./state.ts";

/** The last answer of the repository, for `status` and `why`. */
export interface LastCheck {
  /** Seconds since 1970. */
  readonly at: number;
  /** Where there was no answer: when there was one at last, in seconds since 1970; undefined where there never was. */
  readonly heardAt?: number;
  readonly answer:
    | { readonly kind: "offer"; readonly release: OfferedRelease; readonly blocker?: Blocker }
    | { readonly kind: "none"; readonly blocker: Blocker }
    | { readonly kind: "failed"; readonly failure: Failure };
}

export interface Journal {
  readonly state: State;
  /** The boot in which it was written. */
  readonly bootId: string;
  readonly lastCheck?: LastCheck;
  /** None: this node holds nothing that it knows of, and nobody was told so. */
  readonly leases?: Leases;
}
