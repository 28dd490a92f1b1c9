/** Why a delta is of no use. */
export type DeltaErrorCode =
  /** The bytes are something else altogether. */
  | "NOT_A_DELTA"
  /** A later Slipway wrote it, in a way that this one does not know. */
  | "DELTA_UNSUPPORTED"
  /** It is shorter or longer than it says. */
  | "DELTA_LENGTH"
  /** It says something that cannot be: a place outside of an image, an operation without length. */
  | "DELTA_INVALID"
  /** One of its streams cannot be decompressed. */
  | "DELTA_CORRUPT"
  /** It was made for another source, or makes another target. */
  | "DELTA_MISMATCH";

/** A delta that cannot be applied. What was written of the target until then is worth nothing. */
export class DeltaError extends Error {
  override readonly name = "DeltaError";
  readonly code: DeltaErrorCode;

  constructor(code: DeltaErrorCode, message: string, options?: ErrorOptions) {
    super(`delta: ${message}`, options);
    this.code = code;
  }
}
