import type { Finding } from "@slipway/ignition-config";

/** What can go wrong while composing, one code a cause. The codes are stable. */
export type ComposerErrorCode =
  | "NEEDS_ROOT"
  | "NO_MIRROR"
  | "MIRROR_FAILED"
  | "UNKNOWN_PACKAGE"
  | "UNRESOLVABLE"
  | "PACKAGE_VANISHED"
  | "PACKAGE_TAMPERED"
  | "PACKAGE_SCRIPT_FAILED"
  | "SOURCE_FAILED"
  | "SOURCE_CHANGED"
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
  | "AGENT_UNAVAILABLE"
  | "MACHINE_RESET"
  | "MACHINE_TIMEOUT"
  | "MACHINE_FAILED"
  | "LIST_FULL"
  | "COMMAND_TOO_LONG"
  // Keys, and what they sign.
  | "KEYS_INVALID"
  | "KEYS_EXIST"
  | "KEY_MISSING"
  | "UNKNOWN_KEY"
  | "SIGNER_FAILED"
  | "NOT_A_REPOSITORY"
  | "REPOSITORY_INVALID"
  | "REPOSITORY_BUSY"
  | "METADATA_TOO_LARGE"
  // Publishing, and what is published.
  | "ALREADY_PUBLISHED"
  | "NOT_PUBLISHED"
  | "CHANNEL_REFUSED"
  | "OFFERS_LOST"
  | "ADDRESS_TAKEN"
  // The demonstration did not go as it is told.
  | "DEMO_FAILED";

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

/** The config cannot be baked into the tree: every problem, each with its place in the definition. */
export class TreeRefused extends ComposerError {
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    super("TREE_REFUSED", findings.map((finding) => finding.message).join("\n"), {
      hint: "correct the definition at the places named",
    });
    this.findings = findings;
  }
}
