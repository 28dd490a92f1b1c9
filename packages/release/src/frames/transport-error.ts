/** Why a frames file or an index is of no use. */
export type TransportErrorCode =
  /** The bytes are something else altogether. */
  | "TRANSPORT_NOT_THIS"
  /** A later Slipway wrote it, in a way that this one does not know. */
  | "TRANSPORT_UNSUPPORTED"
  /** It is shorter or longer than it says. */
  | "TRANSPORT_LENGTH"
  /** It says something that cannot be: frames that do not make the image, a place outside of the file. */
  | "TRANSPORT_INVALID"
  /** Bytes do not have the hash that they should have, or cannot be decompressed. */
  | "TRANSPORT_CORRUPT"
  /** It is of another image, or of another file. */
  | "TRANSPORT_MISMATCH";

/** A file, or a part of one, from which nothing can be made. Another copy of the repository may have a good one. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  readonly code: TransportErrorCode;

  constructor(code: TransportErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
