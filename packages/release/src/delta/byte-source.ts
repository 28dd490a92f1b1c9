/** A file or disk of which ranges can be read. */
export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /** Reads exactly these bytes, which the caller has found to lie within `size`. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
  /** The same, filling bytes that the caller has: for reading much, where each piece is soon done with. */
  readonly readInto?: (target: Uint8Array, offset: number) => Promise<void>;
}

/** A run of bytes of an image. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

const PAGE_BYTES = 128 * 1024;

/**
 * Keeps the pages of a source that were read last, for those who read little at a time and mostly near where they just were.
 * The usual way to a byte is `pages.held(offset) ?? (await pages.load(offset))`, which waits for nothing where nothing is to be
 * read; the page's bytes from `offset` on come back, and hold until the next `load`.
 */
export class Pages {
  readonly #source: ByteSource;
  readonly #most: number;
  /** From the one not used for longest to the one used last. */
  readonly #pages = new Map<number, Uint8Array>();
  #last = -1;
  #lastPage: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource, mostBytes: number) {
    this.#source = source;
    this.#most = Math.max(1, Math.floor(mostBytes / PAGE_BYTES));
  }

  get size(): number {
    return this.#source.size;
  }

  held(offset: number): Uint8Array | undefined {
    const index = Math.floor(offset / PAGE_BYTES);
    if (index !== this.#last) {
      const page = this.#pages.get(index);
      if (page === undefined) return undefined;
      this.#pages.delete(index);
      this.#use(index, page);
    }
    return this.#lastPage.subarray(offset - index * PAGE_BYTES);
  }

  /** `offset` lies within the source. */
  async load(offset: number): Promise<Uint8Array> {
    const index = Math.floor(offset / PAGE_BYTES);
    const start = index * PAGE_BYTES;
    const page = await this.#read(start, Math.min(PAGE_BYTES, this.#source.size - start));
    this.#use(index, page);
    return page.subarray(offset - start);
  }

  /** Fills bytes that lie within the source, and gives them back. */
  async readInto(target: Uint8Array, offset: number): Promise<Uint8Array> {
    for (let done = 0; done < target.length;) {
      const page = this.held(offset + done) ?? (await this.load(offset + done));
      const part = page.subarray(0, target.length - done);
      target.set(part, done);
      done += part.length;
    }
    return target;
  }

  async #read(start: number, length: number): Promise<Uint8Array> {
    const spare = this.#takeSpare();
    const { read, readInto } = this.#source;
    if (readInto === undefined) return read(start, length);
    const page = spare?.length === length ? spare : new Uint8Array(length);
    await readInto(page, start);
    return page;
  }

  /** Makes room for one page, and gives the one that had to leave. */
  #takeSpare(): Uint8Array | undefined {
    if (this.#pages.size < this.#most) return undefined;
    const [oldest] = this.#pages;
    if (oldest === undefined) return undefined;
    this.#pages.delete(oldest[0]);
    if (oldest[0] === this.#last) this.#last = -1;
    return oldest[1];
  }

  #use(index: number, page: Uint8Array): void {
    this.#pages.set(index, page);
    this.#last = index;
    this.#lastPage = page;
  }
}
