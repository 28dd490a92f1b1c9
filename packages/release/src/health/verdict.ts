/** How a release did on a node that had just booted it. */
import type { CheckLevel } from "./check.ts";

/** On the node: the blessing is conditional on this file, which a good verdict makes. It goes with the boot. */
export const MAY_BE_BLESSED = "/run/slipway/agent/good";

/** On the node: a verdict that came to its end, and lets the node stay up, leaves this file. A program that ends with 0 and has judged nothing does not. */
export const JUDGED = "/run/slipway/agent/judged";

/** What of a program's output or a journal is kept: the last lines, without control characters. */
export type Lines = readonly string[];

export const MAX_LINES = 20;
export const MAX_LINE_LENGTH = 300;

/** How a check ended. `unfinished`: it had not passed when the time was up, or when another one had decided. */
export const CHECK_OUTCOMES = ["passed", "failed", "unfinished"] as const;

export interface CheckResult {
  readonly name: string;
  readonly level: CheckLevel;
  readonly outcome: (typeof CHECK_OUTCOMES)[number];
  readonly tries: number;
  /** From the first try to the end of the last one. */
  readonly milliseconds: number;
  /** What was seen at last: a lower-case fact on one line. */
  readonly seen: string;
  /** The last that it wrote, of a check that did not pass. */
  readonly output: Lines;
}

/** The journal of a unit that failed. */
export interface FailedUnit {
  readonly unit: string;
  readonly journal: Lines;
}

/** `unproven`: nothing tells that the loader counted this boot of this release, so nothing may be concluded from it. */
export const VERDICTS = ["good", "bad", "unproven"] as const;

/** What a probation ended with, and why. */
export interface Verdict {
  readonly verdict: (typeof VERDICTS)[number];
  /** One line: the first thing that decided. */
  readonly reason: string;
  /** The release's root hash. */
  readonly roothash: string;
  readonly version: string;
  /** The kernel's id of this boot: a UUID. */
  readonly bootId: string;
  /** Seconds since 1970, by a clock that may be wrong. */
  readonly at: number;
  /** Bytes of the root that were read through dm-verity. */
  readonly readBytes: number;
  /** Required ones first; within a level those that did not pass first. */
  readonly checks: readonly CheckResult[];
  readonly failedUnits: readonly FailedUnit[];
}
