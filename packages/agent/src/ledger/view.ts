/** What the lines of a ledger amount to. */
import type { ReleaseRef } from "../machine/release.ts";
import type { LedgerRecord } from "./entry.ts";

export interface ForbiddenRelease {
  readonly release: ReleaseRef;
  readonly reason: string;
  /** Seconds since 1970. */
  readonly since: number;
}

export interface Pin {
  readonly version: string;
  readonly reason?: string;
  readonly since: number;
}

export interface Pause {
  readonly reason?: string;
  readonly since: number;
}

/** What has begun and not ended yet, as far as the ledger goes. */
export type Unfinished =
  | { readonly kind: "update"; readonly release: ReleaseRef; readonly from: ReleaseRef }
  | { readonly kind: "rollback"; readonly target: ReleaseRef; readonly from: ReleaseRef };

export interface LedgerView {
  /** By root hash. */
  readonly forbidden: ReadonlyMap<string, ForbiddenRelease>;
  readonly pin: Pin | undefined;
  readonly pause: Pause | undefined;
  /** The highest security epoch that was blessed here; 0 before any was. */
  readonly floor: number;
  /** The security epochs that releases were seen with, by root hash. */
  readonly epochs: ReadonlyMap<string, number>;
  /** What the node runs as far as the ledger knows; nothing on a node that has no ledger yet. */
  readonly current: ReleaseRef | undefined;
  /** It was blessed. */
  readonly isCurrentGood: boolean;
  /** Since when all that is so: seconds since 1970. */
  readonly currentSince: number | undefined;
  readonly unfinished: Unfinished | undefined;
  /** The lines that are still there, newest first. */
  readonly history: readonly LedgerRecord[];
  /** What could not be read, for people; empty where all is well. */
  readonly damage: readonly string[];
}
