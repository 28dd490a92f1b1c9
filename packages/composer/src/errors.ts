/** What can go wrong while composing, one code a cause. The codes are stable. */
export type ComposerErrorCode =
  | "NEEDS_ROOT"
  | "NO_MIRROR"
  | "MIRROR_FAILED"
  | "UNKNOWN_PACKAGE"
  | "UNRESOLVABLE"
  | "PACKAGE_VANISHED"
  | "PACKAGE_TAMPERED"
  | "LOCK_INVALID"
  | "LOCK_DRIFT"
  | "ACCOUNT_CHANGED"
  | "SLOT_TOO_SMALL"
  | "OUTPUT_OCCUPIED"
  | "NO_SPACE"
  | "TREE_REFUSED"
  | "TOOL_OUTPUT"
  | "NOT_A_RELEASE"
  | "UNKNOWN_MODULE"
  | "INITRD_INCOMPLETE"
  | "NO_FIRMWARE"
  | "MACHINE_RESET"
  | "MACHINE_TIMEOUT"
  | "MACHINE_FAILED"
  | "COMMAND_TOO_LONG";

export interface ComposerErrorDetails {
  readonly hint?: string;
  readonly cause?: unknown;
}

/** Composing stopped. The message says what and where, `hint` what to do. */
export class ComposerError extends Error {
  override readonly name = "ComposerError";
  readonly code: ComposerErrorCode;
  readonly hint: string | undefined;

  constructor(code: ComposerErrorCode, message: string, details: ComposerErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }
}
