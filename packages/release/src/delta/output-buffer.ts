const BUFFER_BYTES = 1024 * 1024;

/** Gathers what is made into pieces that are worth a write. */
export class OutputBuffer {
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  readonly #write: (bytes: Uint8Array, made: number) => Promise<void>;
  #filled = 0;
  #written = 0;

  /** `write` is told how many bytes are made with these; it may not keep them. */
  constructor(write: (bytes: Uint8Array, made: number) => Promise<void>) {
    this.#write = write;
  }

  /** How many bytes are made. */
  get made(): number {
    return this.#written + this.#filled;
  }

  /** Where the next bytes go, `most` of them at most; undefined while there is no room. */
  heldRoom(most: number): Uint8Array | undefined {
    if (this.#filled === BUFFER_BYTES) return undefined;
    return this.#buffer.subarray(this.#filled, this.#filled + most);
  }

  async room(most: number): Promise<Uint8Array> {
    await this.flush();
    return this.#buffer.subarray(0, most);
  }

  /** Says that so many bytes of the room are made. */
  advance(length: number): void {
    this.#filled += length;
  }

  /** Adds bytes that were made elsewhere. */
  async append(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const left = bytes.length - done;
      const room = this.heldRoom(left) ?? (await this.room(left));
      room.set(bytes.subarray(done, done + room.length));
      this.advance(room.length);
      done += room.length;
    }
  }

  async flush(): Promise<void> {
    if (this.#filled === 0) return;
    const bytes = this.#buffer.subarray(0, this.#filled);
    this.#written += this.#filled;
    this.#filled = 0;
    await this.#write(bytes, this.#written);
  }
}
