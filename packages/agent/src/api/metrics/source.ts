/** What the metrics are made of: one look at the node, and the process that looked. */
import type { Config } from "../../config/config.ts";
import type { LedgerView } from "../../ledger/view.ts";
import type { LastCheck } from "../../machine/journal.ts";
import type { Observed } from "../../machine/observed.ts";
import type { RollbackTarget } from "../../machine/rollback-target.ts";
import type { State } from "../../machine/state.ts";

export interface MetricSource {
  readonly image: string;
  readonly architecture: string;
  readonly observed: Observed;
  readonly ledger: LedgerView;
  readonly state: State;
  readonly lastCheck: LastCheck | undefined;
  readonly rollback: RollbackTarget;
  readonly config: Config;
  readonly progress: { readonly doneBytes?: number; readonly totalBytes?: number } | undefined;
  readonly varFreeBytes: number;
  readonly espFreeBytes: number;
  /** Seconds since 1970. */
  readonly now: number;
  /** The codes of what is in the way, each once. */
  readonly blockers: readonly string[];
  readonly process: ProcessFacts;
}

/** Of the daemon. */
export interface ProcessFacts {
  readonly agentVersion: string;
  readonly nodeVersion: string;
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly eventClients: number;
  readonly ordersWaiting: number;
  /** By their status. */
  readonly answers: ReadonlyMap<number, number>;
}
