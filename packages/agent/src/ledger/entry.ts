/** What is written down for good: what was tried on this node, how it ended, and what its operators ordered. */
import type { ReleaseRef } from "../machine/release.ts";

/** What speaks for an ending. At most 40 lines of 400 characters each. */
export interface Evidence {
  /** `verdict`: the health checks said so; `panic`: what the kernel left behind; `loader`: no try was left; `operator`: somebody said so. */
  readonly source: "verdict" | "panic" | "loader" | "operator";
  readonly lines: readonly string[];
}

/** One line without its place. No member is called `seq`, `at` or `before`: these are the line's own. */
export type LedgerEntry =
  /** What the node ran when its ledger began. */
  | {
      readonly kind: "installed";
      readonly release: ReleaseRef;
      readonly securityEpoch?: number;
    }
  | { readonly kind: "staged"; readonly release: ReleaseRef; readonly securityEpoch: number }
  /** Staged, and never tried. */
  | { readonly kind: "dropped"; readonly release: ReleaseRef; readonly reason: string }
  /** About to get its name, and to be booted. */
  | { readonly kind: "finalized"; readonly release: ReleaseRef; readonly from: ReleaseRef }
  /** It was blessed. */
  | {
      readonly kind: "good";
      readonly release: ReleaseRef;
      readonly securityEpoch?: number;
    }
  /** It is forbidden from here on. */
  | {
      readonly kind: "failed";
      readonly release: ReleaseRef;
      readonly reason: string;
      readonly evidence?: Evidence;
    }
  /** An operator's rollback: `release` is forbidden and the node pinned to `target`, in one line. */
  | {
      readonly kind: "rolled-back";
      readonly release: ReleaseRef;
      readonly target: ReleaseRef;
      readonly reason: string;
    }
  /** Somebody chose another entry in the loader's menu. */
  | { readonly kind: "switched"; readonly release: ReleaseRef; readonly from: ReleaseRef }
  /** By an operator's order its hooks were neither asked nor heard. */
  | {
      readonly kind: "hooks-skipped";
      readonly release: ReleaseRef;
      readonly aheadOf: "stage" | "finalize";
    }
  /** Of hooks that have no say: what went wrong with them, on which release. */
  | { readonly kind: "hooks-failed"; readonly release: ReleaseRef; readonly reason: string }
  | { readonly kind: "forgiven"; readonly release: ReleaseRef }
  | { readonly kind: "pinned"; readonly version: string; readonly reason?: string }
  | { readonly kind: "unpinned" }
  | { readonly kind: "paused"; readonly reason?: string }
  | { readonly kind: "resumed" };

export type LedgerEntryKind = LedgerEntry["kind"];

export type LedgerRecord = LedgerEntry & {
  /** From 1, one more each. */
  readonly seq: number;
  /** Seconds since 1970, by the node's clock at that time. */
  readonly at: number;
};
