import { TransportError } from "./transport-error.ts";

/** Seven bits a byte: what has more than eight of them is beyond the numbers that are whole here. */
const MOST_NUMBER_BYTES = 8;

/** Takes apart what a ByteList put together, from bytes that are all at hand. */
export class NumberReader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  #at = 0;

  /** `what` is for messages: `frames: the table`. */
  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  /** A whole number from zero on. */
  next(): number {
    let [value, unit] = [0, 1];
    for (let i = 0; i < MOST_NUMBER_BYTES; i++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw this.#ends();
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return this.#whole(value);
      unit *= 0x80;
    }
    throw this.#tooLarge();
  }

  bytes(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw this.#ends();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Throws unless all bytes were taken. */
  expectEnd(): void {
    const left = this.#bytes.length - this.#at;
    if (left !== 0) {
      throw new TransportError("TRANSPORT_INVALID", `${this.#what} has ${left} bytes too many`);
    }
  }

  #whole(value: number): number {
    if (!Number.isSafeInteger(value)) throw this.#tooLarge();
    return value;
  }

  #ends(): TransportError {
    return new TransportError("TRANSPORT_INVALID", `${this.#what} ends too soon`);
  }

  #tooLarge(): TransportError {
    return new TransportError("TRANSPORT_INVALID", `${this.#what} has too large a number`);
  }
}
