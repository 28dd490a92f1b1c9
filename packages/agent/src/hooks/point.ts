/** At which points of a node's life its hooks run, and how long they may take. Pure. */

import type { AgentErrorCode } from "../errors.ts";

/** In the order in which an update comes by. */
export const HOOK_POINTS = [
  "pre-fetch",
  "pre-stage",
  "pre-reboot",
  "post-boot",
  "verdict",
] as const;
export type HookPoint = (typeof HOOK_POINTS)[number];

/** Those whose hooks are asked whether a release may go on; the others are only told what has happened. */
export const ASKED_POINTS = ["pre-fetch", "pre-stage", "pre-reboot"] as const;
export type AskedPoint = (typeof ASKED_POINTS)[number];

/** The code of a release that a hook holds, with its reason. */
export const HELD: AgentErrorCode = "HOOK_HELD";
/** And of one that it only wants to be asked about again, soon. */
export const NOT_YET: AgentErrorCode = "HOOK_NOT_YET";

export interface HookLimits {
  /** For one hook. */
  readonly eachMs: number;
  /** For all of a point together. */
  readonly allMs: number;
}

const SECOND = 1000;
const MINUTE: number = 60 * SECOND;

/** What `hook_timeout_seconds` may be at most, and all hooks of a point together may take. */
export const LONGEST_POINT_MS: number = 30 * MINUTE;

/** Nobody who rolls back waits for a hook that hangs. */
const ROLLBACK: HookLimits = { eachMs: 30 * SECOND, allMs: 30 * SECOND };

/** A bad release is to be left at once. */
const VERDICT: HookLimits = { eachMs: 10 * SECOND, allMs: 10 * SECOND };

/** @param timeoutSeconds for one hook, where the node's settings say so; whoever moves away what runs on a node gets more by itself. */
export const limitsOf = (
  point: HookPoint,
  {
    reason,
    timeoutSeconds,
  }: {
    readonly reason?: "update" | "rollback" | undefined;
    readonly timeoutSeconds: number | undefined;
  },
): HookLimits => {
  if (point === "verdict") return VERDICT;
  if (reason === "rollback") return ROLLBACK;
  const byItself = (point === "pre-reboot" ? 15 : 5) * MINUTE;
  const eachMs = timeoutSeconds === undefined ? byItself : timeoutSeconds * SECOND;
  return { eachMs, allMs: Math.min(2 * eachMs, LONGEST_POINT_MS) };
};
