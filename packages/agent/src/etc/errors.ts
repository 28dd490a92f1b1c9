/** What carrying /etc forward can object to. The codes are stable. */
export type EtcErrorCode =
  | "USAGE"
  | "UNREADABLE"
  | "KEEPS_CHANGING"
  | "NOT_AS_PLANNED"
  | "OWN_RELEASE"
  | "STATE_UNUSABLE";

export interface EtcErrorDetails {
  readonly hint?: string;
  readonly cause?: unknown;
}

/** /etc was not carried; nothing that a release boots with has changed. */
export class EtcError extends Error {
  override readonly name = "EtcError";
  readonly code: EtcErrorCode;
  readonly hint: string | undefined;

  constructor(code: EtcErrorCode, message: string, details: EtcErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
  }
}
