/** What the command line itself can object to. The codes are stable. */
export type CliErrorCode = "INVALID_DEFINITION" | "INVALID_POLICY" | "TREE_REFUSED" | "EXISTS";

export interface CliErrorDetails {
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The command line stopped. The message says what and where, `hint` what to do. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;
  readonly hint: string | undefined;

  constructor(code: CliErrorCode, message: string, details: CliErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }
}
