import { type ByteSource, type Frame, unpackFrameInto } from "@slipway/release";

/** What is read at a time, but for a frame that is larger. */
const WINDOW_BYTES = 1024 * 1024;

/**
 * Reads frames one after another, in the file's order, through memory that is used again: there are thousands of them, and what
 * is thrown away is collected only once there are tens of megabytes of it.
 */
export class FrameReader {
  readonly #file: ByteSource;
  #window = new Uint8Array(0);
  /** Where in the file the window's bytes are, and how many of them. */
  #start = 0;
  #filled = 0;
  #room = new Uint8Array(0);

  constructor(file: ByteSource) {
    this.#file = file;
  }

  /** The bytes of a frame that is at `offset` in the file; gone once the next is read. Throws a TransportError for wrong ones. */
  async read(frame: Frame, offset: number): Promise<Uint8Array> {
    const { length, packedLength } = frame;
    if (this.#room.length < length) this.#room = new Uint8Array(length);
    const isHeld = offset >= this.#start && offset + packedLength <= this.#start + this.#filled;
    if (!isHeld) await this.#fill(offset, packedLength);
    const at = offset - this.#start;
    return unpackFrameInto(this.#room, frame, this.#window.subarray(at, at + packedLength));
  }

  async #fill(offset: number, least: number): Promise<void> {
    const { size, read, readInto } = this.#file;
    const length = Math.max(least, Math.min(WINDOW_BYTES, size - offset));
    if (this.#window.length < length) this.#window = new Uint8Array(length);
    this.#filled = 0;
    const part = this.#window.subarray(0, length);
    if (readInto === undefined) part.set(await read(offset, length));
    else await readInto(part, offset);
    this.#start = offset;
    this.#filled = length;
  }
}
