/**
 * Where a node is on its way. Each state carries what it needs to go on, its counters, and the moment at which it is looked at again: none waits
 * for an event that may never come. Moments are milliseconds since 1970.
 */
import type { Failure } from "../errors.ts";
import type { OfferedRelease, ReleaseRef } from "./release.ts";

/** The rhythm of looking for releases. */
export interface Polling {
  /** When to ask the repository next. */
  readonly checkAtMs: number;
  /** How often in a row that, or what it led to, has failed. */
  readonly failures: number;
  /** The last failure, until something succeeds. */
  readonly failure?: Failure;
}

/** How a release came to be taken. */
export interface Taking {
  readonly release: OfferedRelease;
  /** An operator asked for it: neither pause nor a closed gate is in its way. */
  readonly byHand: boolean;
  /** The archive or directory that it comes from, in place of the configured repository. */
  readonly from?: string;
  /** An operator's order: hooks are neither asked nor heard. */
  readonly skipHooks?: true;
}

/** The agent has not looked at its node yet. */
export interface Init {
  readonly kind: "init";
}

/** Nothing to do but to poll. */
export interface Steady {
  readonly kind: "steady";
  readonly polling: Polling;
}

/** A release is on offer; the other slot keeps what it has until the gate opens. */
export interface Waiting {
  readonly kind: "waiting";
  readonly release: OfferedRelease;
  readonly polling: Polling;
}

/** A release is being fetched and written into the other slot, or is about to be again. */
export interface Fetching extends Taking {
  readonly kind: "fetching";
  /** How often it was tried, with the attempt that is being made. */
  readonly attempts: number;
  /** When to try (again). */
  readonly retryAtMs: number;
  /** When this release is given up. */
  readonly giveUpAtMs: number;
  readonly failure?: Failure;
}

/** A release is whole in the other slot, under a name that the loader ignores. */
export interface Staged extends Taking {
  readonly kind: "staged";
  readonly polling: Polling;
  /** How often finalizing failed. */
  readonly attempts: number;
  /** Not finalized before. */
  readonly retryAtMs: number;
  /** How often its restart was put off for those who were logged in. */
  readonly postponed?: number;
  /** What it took from its being taken to its being staged: what another one will take, too. Not known after a lost journal, nor once finalizing began. */
  readonly tookMs?: number;
  readonly failure?: Failure;
}

/** The staged release becomes the next one; what follows is the reboot. */
export interface Finalizing extends Taking {
  readonly kind: "finalizing";
  /** `activating` ends when the entry has its name, `rebooting` with this boot. */
  readonly phase: "preflight" | "activating" | "rebooting";
  /** The boot in which it was begun: in another one, the reboot has happened. */
  readonly bootId: string;
  /** How often finalizing failed, or how many reboots did not lead to the release. */
  readonly attempts: number;
  /** When to try (again), should this still be the same boot by then. */
  readonly retryAtMs: number;
  readonly postponed?: number;
}

/** The other slot's release becomes the next one again; what follows is the reboot. */
export interface RollingBack {
  readonly kind: "rolling-back";
  readonly target: ReleaseRef;
  readonly from: ReleaseRef;
  readonly phase: "renaming" | "rebooting";
  readonly bootId: string;
  readonly attempts: number;
  /** When to try (again). */
  readonly retryAtMs: number;
  readonly failure?: Failure;
}

/** The booted release is not blessed yet; nothing is written. */
export interface Probation {
  readonly kind: "probation";
  readonly release: ReleaseRef;
  readonly bootId: string;
  readonly sinceMs: number;
  /** By then systemd has restarted the node, had nobody blessed it. */
  readonly deadlineMs: number;
}

/** Nothing may be written, for a reason that only an operator or a reboot can take away. */
export interface Held {
  readonly kind: "held";
  readonly failure: Failure;
  readonly lookAtMs: number;
}

export type State =
  | Init
  | Steady
  | Waiting
  | Fetching
  | Staged
  | Finalizing
  | RollingBack
  | Probation
  | Held;

export type StateKind = State["kind"];

export const STATE_KINDS: readonly StateKind[] = [
  "init",
  "steady",
  "waiting",
  "fetching",
  "staged",
  "finalizing",
  "rolling-back",
  "probation",
  "held",
];
