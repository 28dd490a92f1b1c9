/** All that a step may know beside state and event. */
import type { LedgerView } from "../ledger/view.ts";
import type { Schedule } from "../window/gate.ts";
import type { Leases, LockServer } from "./lease.ts";
import type { Observed } from "./observed.ts";

/** Of the node's configuration, what the machine goes by. */
export interface Settings {
  /** Between two questions to the repository, in seconds: 10 to 604 800. */
  readonly pollSeconds: number;
  /** `immediate`: whatever is staged is finalized; `window`: in one of the schedule's; `lock`: with a lease; `manual`: when an operator says `update`. */
  readonly strategy: "immediate" | "window" | "lock" | "manual";
  readonly schedule: Schedule;
  /** Whose leases the strategy `lock` waits for. */
  readonly lockServer?: LockServer;
  /** `early`: staged as soon as it is offered; `at-window`: the other slot is kept until the gate is open. */
  readonly stage: "early" | "at-window";
  /** For those who are logged in, a restart that nobody asked for is put off so often; 0 of either: never. */
  readonly sessions: { readonly postponeMinutes: number; readonly postponeTimes: number };
  /** Until the health checks have decided at the latest, in seconds. */
  readonly probationSeconds: number;
}

export interface Situation {
  /** Milliseconds since 1970, by a clock that may be wrong and may jump. */
  readonly nowMs: number;
  /** From 0 to below 1. */
  readonly luck: number;
  readonly observed: Observed;
  readonly ledger: LedgerView;
  readonly leases: Leases;
  readonly settings: Settings;
}
