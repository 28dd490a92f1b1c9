/** What the engine stands on. Everything that touches the machine is behind one of these. */
import type { Clock } from "@slipway/host";
import type { Failure } from "../errors.ts";
import type { Evidence } from "../ledger/entry.ts";
import type { Ledger } from "../ledger/open-ledger.ts";
import type { LedgerView } from "../ledger/view.ts";
import type { Blocker } from "../machine/event.ts";
import type { LeaseEffect, TaskEffect, TaskKind } from "../machine/effect.ts";
import type { Journal } from "../machine/journal.ts";
import type { Observed } from "../machine/observed.ts";
import type { OfferedRelease, ReleaseRef } from "../machine/release.ts";
import type { Settings } from "../machine/situation.ts";

export interface Failed extends Failure {
  readonly kind: "failed";
}

export type Outcome = { readonly kind: "done" } | Failed;

export type CheckOutcome =
  | { readonly kind: "offer"; readonly release: OfferedRelease }
  | { readonly kind: "none"; readonly blocker: Blocker }
  | Failed;

export type LeaseOutcome =
  | { readonly kind: "done" }
  /** With how long the lock server wants to be left alone, where it says so. */
  | (Failed & { readonly retryAfterSeconds?: number });

/** One function a task. Each answers with an outcome; what it throws is a bug, and is told as a failure. */
export type Tasks = {
  readonly [K in TaskKind]: (
    effect: Extract<TaskEffect, { readonly kind: K }>,
    /** The moment that it was asked for: what is forbidden, and the floor. */
    ledger: LedgerView,
  ) => Promise<K extends "check" ? CheckOutcome : Outcome>;
} & {
  /** Speaks to a lock server. */
  readonly lease: (effect: LeaseEffect) => Promise<LeaseOutcome>;
};

export interface JournalStore {
  /** Nothing where there is none, or none that can be read: what was wrong is logged, and the file set aside. */
  readonly load: () => Promise<Journal | undefined>;
  /** Durable when it resolves. @throws AgentError WRITE_FAILED */
  readonly save: (journal: Journal) => Promise<void>;
}

export interface EnginePorts {
  /** For this process alone until it is disposed; nothing when another one has it. */
  readonly lock: () => Promise<AsyncDisposable | undefined>;
  readonly observe: () => Promise<Observed>;
  /** Why that release did not come up: its verdict, or what its kernel left; nothing where nobody knows. */
  readonly evidence: (release: ReleaseRef) => Promise<Evidence | undefined>;
  readonly tasks: Tasks;
  readonly journal: JournalStore;
  readonly ledger: Ledger;
  readonly settings: () => Promise<Settings>;
  readonly clock: Pick<Clock, "now">;
  /** From 0 to below 1. */
  readonly random: () => number;
  readonly log: (line: string) => void;
}
