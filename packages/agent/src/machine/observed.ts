/** What the machine must know of the node: read anew before every step, from where it cannot be wrong. */
import type { ReleaseRef } from "./release.ts";

/**
 * How a boot entry stands: `good` has no counter, `counting` has tries left, `bad` has none left.
 * For the booted release `counting` is probation; `unproven` says that the loader did not start what runs (kexec, soft-reboot, no loader at all).
 */
export type EntryStanding = "good" | "counting" | "bad";

export interface Observed {
  /** The kernel's random id of this boot. */
  readonly bootId: string;
  readonly booted: ReleaseRef & {
    readonly slot: "a" | "b";
    readonly standing: EntryStanding | "unproven";
    /** Of the running release, where it says so itself. */
    readonly securityEpoch?: number;
  };
  /** Why the node is degraded; empty when it is not. Then /var is a temporary one, and nothing on it is the node's. */
  readonly degraded: readonly string[];
  /** The other slot. */
  readonly other: {
    /** What is in it, where that is whole: both superblocks, and a UKI of the same root hash on the ESP. */
    readonly release: ReleaseRef | undefined;
    /** How that UKI is named: `staged` is a name that the loader ignores. */
    readonly standing: EntryStanding | "staged" | undefined;
  };
}
