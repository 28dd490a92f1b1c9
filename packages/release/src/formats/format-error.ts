/** What is wrong with bytes that should have been of a format. */
export type FormatErrorCode =
  /** They are something else altogether. */
  | "NOT_THIS_FORMAT"
  /** They end before what they announce. */
  | "TRUNCATED"
  /** They do not hash to what they say. */
  | "CHECKSUM_MISMATCH"
  /** A number is one that the format forbids, or points outside of the file. */
  | "OUT_OF_RANGE"
  /** They are valid, and use a part of the format that this reader does not know. */
  | "UNSUPPORTED";

/** Bytes that are not what they should be; `format` says of which format, such as `GPT`. */
export class FormatError extends Error {
  override readonly name = "FormatError";
  readonly code: FormatErrorCode;
  readonly format: string;

  constructor(code: FormatErrorCode, format: string, message: string) {
    super(`${format}: ${message}`);
    this.code = code;
    this.format = format;
  }
}
