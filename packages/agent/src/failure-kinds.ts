/** What kind of failure a code stands for: one table for the exit status of a verb and the status of an answer over HTTP. Pure. */
import type { HostErrorCode } from "@slipway/host";
import type { UsageError } from "@slipway/host/command-line";
import type { ReceiverErrorCode } from "@slipway/receiver";
import type { AgentErrorCode } from "./errors.ts";

export type FailureKind =
  /** What was asked for makes no sense. */
  | "usage"
  /** What stands in the way goes away by itself. */
  | "try-later"
  | "interrupted"
  /** The node is not in the state for it, or its operator has said otherwise. */
  | "refused"
  /** What was named is not there. */
  | "unknown"
  | "failed";

type KnownCode = AgentErrorCode | ReceiverErrorCode | HostErrorCode | UsageError["code"];

/** Codes that are something else than `failed`. */
const BY_CODE = {
  USAGE: "usage",
  BUSY: "try-later",
  ON_PROBATION: "try-later",
  HOOK_NOT_YET: "try-later",
  SESSIONS: "try-later",
  UNREACHABLE: "try-later",
  TOO_SLOW: "try-later",
  BAD_ANSWER: "try-later",
  SLOT_BUSY: "try-later",
  DEVICE_BUSY: "try-later",
  ABORTED: "interrupted",
  DEGRADED: "refused",
  UNPROVEN: "refused",
  BOOTED_IS_BAD: "refused",
  NOTHING_TO_ROLL_BACK_TO: "refused",
  BELOW_FLOOR: "refused",
  FORBIDDEN: "refused",
  ALREADY_BOOTED: "refused",
  NOT_NEWER: "refused",
  PINNED: "refused",
  PAUSED: "refused",
  GATE_CLOSED: "refused",
  HOOK_HELD: "refused",
  NOT_CONFIRMED: "refused",
  NOT_KNOWN: "unknown",
} as const satisfies Partial<Record<KnownCode, FailureKind>>;

/** Undefined is the code of errors that nobody expected. */
export const failureKindOf = (code: string | undefined): FailureKind => {
  const known: Readonly<Record<string, FailureKind>> = BY_CODE;
  return (code !== undefined && Object.hasOwn(known, code) ? known[code] : undefined) ?? "failed";
};
