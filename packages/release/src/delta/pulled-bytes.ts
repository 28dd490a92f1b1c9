import { DeltaError } from "./delta-error.ts";

/** Seven bits a byte: what has more than eight of them is beyond the numbers that are whole here. */
const MOST_NUMBER_BYTES = 8;

/**
 * Bytes of a stream, taken as they are needed. Methods whose name begins with `held` answer at once where the bytes are at
 * hand, and else undefined: then the other of the same meaning waits for them.
 */
export class PulledBytes {
  readonly #chunks: AsyncGenerator<Uint8Array, void, void>;
  readonly #name: string;
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(chunks: AsyncGenerator<Uint8Array, void, void>, name: string) {
    this.#chunks = chunks;
    this.#name = name;
  }

  /** Itself, when it has bytes at hand. */
  held(): this | undefined {
    return this.#at < this.#chunk.length ? this : undefined;
  }

  /** Itself, with at least one byte at hand. */
  async more(): Promise<this> {
    while (this.#at >= this.#chunk.length) {
      const { value } = await this.#chunks.next();
      if (value === undefined) {
        throw new DeltaError("DELTA_INVALID", `needs more ${this.#name} than it has`);
      }
      this.#chunk = value;
      this.#at = 0;
    }
    return this;
  }

  heldNumber(): number | undefined {
    if (this.#chunk.length - this.#at < MOST_NUMBER_BYTES) return undefined;
    let [value, unit] = [0, 1];
    for (let i = 0; i < MOST_NUMBER_BYTES; i++) {
      const byte = this.#chunk[this.#at++] ?? 0;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return this.#whole(value);
      unit *= 0x80;
    }
    throw this.#tooLarge();
  }

  async number(): Promise<number> {
    let [value, unit] = [0, 1];
    for (let i = 0; i < MOST_NUMBER_BYTES; i++) {
      await this.more();
      const byte = this.#chunk[this.#at++] ?? 0;
      value += (byte & 0x7f) * unit;
      if (byte < 0x80) return this.#whole(value);
      unit *= 0x80;
    }
    throw this.#tooLarge();
  }

  /** The next byte of those at hand, of which there is one at least. */
  byte(): number {
    return this.#chunk[this.#at++] ?? 0;
  }

  /** Fills the beginning of `room` with what is at hand, and says how much that was. */
  copyTo(room: Uint8Array): number {
    const bytes = this.#take(room.length);
    room.set(bytes);
    return bytes.length;
  }

  /** Adds what is at hand to the beginning of `room`, byte by byte, and says how much that was. */
  addTo(room: Uint8Array): number {
    const bytes = this.#take(room.length);
    for (let i = 0; i < bytes.length; i++) room[i] = (room[i] ?? 0) + (bytes[i] ?? 0);
    return bytes.length;
  }

  /** Throws unless all bytes were taken. */
  async expectEnd(): Promise<void> {
    if (this.held() !== undefined || (await this.#chunks.next()).value !== undefined) {
      throw new DeltaError("DELTA_INVALID", `has more ${this.#name} than it needs`);
    }
  }

  /** Lets go of what the stream holds. */
  async close(): Promise<void> {
    await this.#chunks.return();
  }

  #take(most: number): Uint8Array {
    const bytes = this.#chunk.subarray(this.#at, this.#at + most);
    this.#at += bytes.length;
    return bytes;
  }

  #whole(value: number): number {
    if (!Number.isSafeInteger(value)) throw this.#tooLarge();
    return value;
  }

  #tooLarge(): DeltaError {
    return new DeltaError("DELTA_INVALID", `has too large a number in its ${this.#name}`);
  }
}
