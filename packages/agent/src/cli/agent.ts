/** What the verbs ask of the agent: a narrow place between what is shown to people and what is done. */
import type { EtcReport } from "../etc/report.ts";
import type { Config } from "../config/config.ts";
import type { CheckOutcome } from "../engine/ports.ts";
import type { Ran } from "../engine/run.ts";
import type { LedgerEntry } from "../ledger/entry.ts";
import type { LedgerView } from "../ledger/view.ts";
import type { CheckRequest } from "../machine/effect.ts";
import type { OperatorEvent } from "../machine/event.ts";
import type { Leases } from "../machine/lease.ts";
import type { LastCheck } from "../machine/journal.ts";
import type { Observed } from "../machine/observed.ts";
import type { RollbackTarget } from "../machine/rollback-target.ts";
import type { State } from "../machine/state.ts";
import type { ReleaseRef } from "../machine/release.ts";
import type { Report } from "../report/report.ts";
import type { Lost } from "../reset/reset-files.ts";
import type { PlanOutcome } from "../tasks/plan-update.ts";
import type { CheckResult, Verdict } from "@slipway/release";

/** How far a task is that runs now. */
export interface TaskProgress {
  /** `stage`, `finalize` or `rollback`. */
  readonly task: string;
  /** One line. */
  readonly message: string;
  readonly doneBytes?: number;
  readonly totalBytes?: number;
}

/** All that is known without asking anybody beyond this node. */
export interface Look {
  readonly image: string;
  readonly architecture: string;
  readonly observed: Observed;
  readonly ledger: LedgerView;
  /** As it would be gone on from now. */
  readonly state: State;
  readonly lastCheck: LastCheck | undefined;
  readonly leases: Leases;
  /** Nothing where the node has none yet. */
  readonly nodeId: string | undefined;
  readonly rollback: RollbackTarget;
  readonly config: Config;
  readonly progress: TaskProgress | undefined;
  /** What can still be written to `/var`. */
  readonly varFreeBytes: number;
  /** What can still be written to the ESP; 0 where there is none. */
  readonly espFreeBytes: number;
  /** Seconds since 1970. */
  readonly now: number;
}

/** What stands against what in a comparison of two releases. */
export interface ReleaseFacts extends ReleaseRef {
  readonly created?: number;
  readonly securityEpoch?: number;
  readonly kernelRelease?: string;
  readonly rootBytes?: number;
  readonly ukiBytes?: number;
  readonly agent?: string;
}

export interface ReleaseDiff {
  readonly booted: ReleaseFacts;
  readonly other: ReleaseFacts;
  /** How the other one stands: staged, or the one that a rollback would reach. */
  readonly standing: "staged" | "kept";
}

/** What the health checks say: of the last probation, or run just now. */
export interface HealthAnswer {
  /** Of the last probation whose verdict is still there. */
  readonly verdict: Verdict | undefined;
  /** Run now, where that was asked for. */
  readonly now: readonly CheckResult[] | undefined;
  /** What is wrong with the files of health checks. */
  readonly problems: readonly string[];
}

/** What came of a step of a factory reset. */
export type ResetAnswer =
  | {
      readonly kind: "offered";
      readonly code: string;
      readonly validSeconds: number;
      /** One was confirmed before, and waits for the next boot. */
      readonly isOrdered: boolean;
      readonly newMachineId: boolean;
      readonly kept: readonly string[];
      readonly lost: Lost;
    }
  | { readonly kind: "ordered"; readonly newMachineId: boolean; readonly kept: readonly string[] }
  | { readonly kind: "cancelled"; readonly wasOrdered: boolean };

/** A file of the bundle for support. */
export interface SupportFile {
  readonly name: string;
  readonly text: string;
}

/** The helpers of the daemon. */
export const TASK_NAMES = [
  "check",
  "lease",
  "stage",
  "finalize",
  "rollback",
  "pre-fetch",
  "pre-stage",
  "pre-reboot",
  "sessions",
  "post-boot",
] as const;
export type TaskName = (typeof TASK_NAMES)[number];

export interface Agent {
  readonly look: () => Promise<Look>;
  readonly config: () => Promise<Config>;
  /**
   * Gives the machine an order and goes on until it is quiet; answers what it came to, a refusal included.
   * @throws AgentError `BUSY` where another process does that, and goes on with it for some seconds
   */
  readonly drive: (event: OperatorEvent) => Promise<Ran>;
  /** As `drive`, for a rollback: an agent that is busy is stopped first. @throws Refusal where there is nothing to go back to */
  readonly driveAtOnce: (event: OperatorEvent) => Promise<Ran>;
  /** Asks the repository, and keeps the answer. */
  readonly check: (request: CheckRequest) => Promise<CheckOutcome>;
  /** Asks the repository what an update would change; nothing is taken, and nothing kept. */
  readonly plan: (request: CheckRequest) => Promise<PlanOutcome>;
  /** Writes into the ledger what the operator orders, by what is there, and tells the daemon. @throws AgentError */
  readonly order: (
    choose: (look: Look) => readonly LedgerEntry[],
  ) => Promise<readonly LedgerEntry[]>;
  readonly health: (options: { readonly now: boolean }) => Promise<HealthAnswer>;
  /** What is the node's own in /etc. */
  readonly etc: () => Promise<EtcReport>;
  /** @throws AgentError `NOT_KNOWN` where there is nothing to compare with. */
  readonly diff: () => Promise<ReleaseDiff>;
  /** The first step of a factory reset. @throws AgentError `DEGRADED`, `ON_PROBATION`, `BUSY` */
  readonly offerReset: (choice: { readonly newMachineId: boolean }) => Promise<ResetAnswer>;
  /** The second: the next boot removes data. @throws AgentError `NOT_CONFIRMED`, and as the first */
  readonly confirmReset: (code: string) => Promise<ResetAnswer>;
  readonly cancelReset: () => Promise<ResetAnswer>;
  /** What a fleet would want to know of this node. */
  readonly report: () => Promise<Report>;
  readonly gatherSupport: () => Promise<readonly SupportFile[]>;
  /** Runs until it is told to stop. */
  readonly serve: (signal: AbortSignal) => Promise<void>;
  /** Does what task.json says; true where it was answered, with a failure perhaps. */
  readonly runTask: (name: TaskName, signal: AbortSignal) => Promise<boolean>;
  /** Judges the booted release; false where the node is to be restarted at once. */
  readonly decide: (signal: AbortSignal) => Promise<boolean>;
  /** Brings the loader on the ESP up to the booted release's, where that is blessed. @throws AgentError `BUSY`, EspError, NodeError, HostError */
  readonly bringLoader: (signal: AbortSignal) => Promise<void>;
}
