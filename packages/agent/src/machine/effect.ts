/** What the machine wants done, as data. The engine does it, in this order, and hands the outcome back as an event. */
import type { AskedPoint } from "../hooks/point.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { LockServer } from "./lease.ts";
import type { OfferedRelease, ReleaseRef } from "./release.ts";

/** What to look for in the repository. */
export interface CheckRequest {
  /** This version and no other: what an operator asked for, or what the node is pinned to. */
  readonly only?: string;
  /** An archive or directory in place of the configured repository. */
  readonly from?: string;
  /** Hooks are neither asked nor heard on the way of what is found. */
  readonly skipHooks?: true;
  /** An operator asked, and wants what is found to be taken. */
  readonly take: "by-hand" | "by-itself" | "not";
}

/** A line in the ledger, durable before anything that comes after it. */
export interface RecordEffect {
  readonly kind: "record";
  readonly entry: LedgerEntry;
}

/** What a task does. */
export type TaskEffect =
  | { readonly kind: "check"; readonly request: CheckRequest }
  /** Whether there is room, and nothing in the way. */
  | {
      readonly kind: "preflight";
      readonly before: "stage" | "finalize";
      readonly release: OfferedRelease;
    }
  /** The node's hooks of a point, one after the other: whether they let the release go on. */
  | {
      readonly kind: "hooks";
      readonly point: AskedPoint;
      readonly release: ReleaseRef;
      readonly reason: "update" | "rollback";
      readonly byHand: boolean;
    }
  /** Whether nobody is logged in. */
  | { readonly kind: "sessions"; readonly release: ReleaseRef }
  /** Tells everybody who is logged in of the restart, which comes after so many minutes at the latest. */
  | { readonly kind: "warn"; readonly release: ReleaseRef; readonly minutes: number }
  | { readonly kind: "stage"; readonly release: OfferedRelease; readonly from?: string }
  /** Removes the staged UKI from the ESP: the release will not be booted. */
  | { readonly kind: "discard"; readonly release: ReleaseRef }
  /** /etc is carried and durable, then the entry gets its name. Done again, it does nothing. */
  | { readonly kind: "finalize"; readonly release: OfferedRelease }
  /** The target's entry is armed, then the booted one marked bad. Done again, it does nothing. */
  | { readonly kind: "rollback"; readonly target: ReleaseRef; readonly from: ReleaseRef }
  /** Ends this boot. */
  | { readonly kind: "reboot"; readonly reason: string };

/** What is said to a lock server. Said again, it changes nothing. */
export type LeaseEffect =
  | { readonly kind: "take-lease"; readonly server: LockServer }
  | { readonly kind: "return-lease"; readonly server: LockServer };

export type Effect = RecordEffect | TaskEffect;
export type EffectKind = Effect["kind"];
export type TaskKind = TaskEffect["kind"];

/** What writes a slot or the ESP: never while the booted release is not blessed. */
export const WRITING: ReadonlySet<EffectKind> = new Set<EffectKind>([
  "stage",
  "discard",
  "finalize",
  "rollback",
]);
