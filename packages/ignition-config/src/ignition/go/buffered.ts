/**
 * A text read as Go's `bufio.Reader` reads it: through a buffer of 4096 bytes that is filled up when it has run out. What is in the buffer
 * at a moment decides whether the unit reader notices a line that is too long.
 */
const BUFFER_BYTES = 4096;

/** How many bytes the character beginning with `lead` has, as far as the first byte tells. */
const widthOf = (lead: number): number => {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
};

export class BufferedBytes {
  readonly bytes: Uint8Array;
  /** The next byte to read. */
  at = 0;
  #filled = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** How many bytes are in the buffer. */
  get buffered(): number {
    return this.#filled - this.at;
  }

  #fill(): void {
    this.#filled = Math.min(this.bytes.length, this.at + BUFFER_BYTES);
  }

  /** Goes over one character; its first byte, or undefined at the end. */
  skipCharacter(): number | undefined {
    const lead = this.bytes[this.at];
    if (lead === undefined) return undefined;
    const width = widthOf(lead);
    if (this.buffered < width) this.#fill();
    this.at = Math.min(this.bytes.length, this.at + width);
    return lead;
  }

  /** Goes to after the next `stop`, or to the end; whether it was there. */
  skipThrough(stop: number): boolean {
    const found = this.bytes.indexOf(stop, this.at);
    const end = found < 0 ? this.bytes.length : found + 1;
    while (this.#filled < end) {
      if (this.buffered >= BUFFER_BYTES) this.at = this.#filled;
      this.#fill();
    }
    // At the end of the text the buffer is asked once more and stays as it is.
    this.at = end;
    return found >= 0;
  }
}
