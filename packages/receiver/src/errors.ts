/** Why a release was not received, one code a cause. The codes are stable: the agent's `why` and its ledger name them. */
export type ReceiverErrorCode =
  // What the sources hand out.
  | "UNREACHABLE"
  | "NOT_FOUND"
  | "TOO_LARGE"
  | "TOO_SLOW"
  | "BAD_ANSWER"
  // What is signed.
  | "UNSIGNED"
  | "EXPIRED"
  | "CLOCK_AHEAD"
  | "ROLLED_BACK"
  | "MIXED_UP"
  | "BAD_METADATA"
  // What is signed, and wrongly so: docs/decisions/0043 has what each means.
  | "HALF_SIGNED"
  | "WRONG_KEY"
  | "BAD_SIGNATURE"
  | "DUPLICATE_SIGNATURE"
  | "DUPLICATE_KEY"
  | "BAD_THRESHOLD"
  | "AMBIGUOUS_JSON"
  | "FORKED"
  | "WRONG_ROLE"
  | "BAD_TARGET_NAME"
  // What it leads to.
  | "TAMPERED"
  | "NO_TRANSPORT"
  | "BOOTED_RELEASE"
  | "SLOT_TOO_SMALL"
  | "SLOT_BUSY"
  | "WRITE_FAILED"
  | "READ_BACK_DIFFERS"
  | "JOURNAL_INVALID"
  | "ABORTED"
  | "WRONG_SECTOR_SIZE";

export interface ReceiverErrorDetails {
  readonly hint?: string;
  readonly cause?: unknown;
  /** Where the bytes came from: a mirror's address, a directory, an export. */
  readonly source?: string;
}

/** Receiving stopped. The message says what and where, `hint` what to do. */
export class ReceiverError extends Error {
  override readonly name = "ReceiverError";
  readonly code: ReceiverErrorCode;
  readonly hint: string | undefined;
  readonly source: string | undefined;

  constructor(code: ReceiverErrorCode, message: string, details: ReceiverErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.source = details.source;
  }
}
