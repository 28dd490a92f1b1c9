/** What the agent can object to. The codes are stable: scripts and the fleet read them. */
export type AgentErrorCode =
  | "USAGE"
  // What stands in the way of an order, or of the machine's own next step.
  | "BUSY"
  | "DEGRADED"
  | "UNPROVEN"
  | "ON_PROBATION"
  | "BOOTED_IS_BAD"
  | "NOTHING_TO_ROLL_BACK_TO"
  | "BELOW_FLOOR"
  | "FORBIDDEN"
  | "ALREADY_BOOTED"
  | "NOT_NEWER"
  | "PINNED"
  | "PAUSED"
  | "GATE_CLOSED"
  | "NOT_CONFIRMED"
  // A hook holds a release, or wants to be asked again soon; a restart waits for those who are logged in.
  | "HOOK_HELD"
  | "HOOK_NOT_YET"
  | "SESSIONS"
  | "NOT_KNOWN"
  | "UNFINISHED"
  // What is kept on the node.
  | "STATE_UNUSABLE"
  | "LEDGER_UNUSABLE"
  | "WRITE_FAILED"
  // A bug of ours.
  | "ILLEGAL";

/** Why something was not done, as a value: a stable code, what is the matter, and what to do about it. */
export interface Failure {
  /** Of ours, or of what the task stands on (`TAMPERED`, `E_SPACE` …). */
  readonly code: string;
  /** A lower-case fact with its operands in it, without a full stop. */
  readonly message: string;
  /** An imperative sentence. */
  readonly hint?: string;
}

export interface AgentErrorDetails {
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The agent did not do what it was asked to. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  readonly code: AgentErrorCode;
  readonly hint: string | undefined;

  constructor(code: AgentErrorCode, message: string, details: AgentErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }
}

/** What follows upon a statement for which somebody may have given a reason. */
export const because = (reason: string | undefined): string =>
  reason === undefined ? "" : `: ${reason}`;
