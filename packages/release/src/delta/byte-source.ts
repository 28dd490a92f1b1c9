/** A file or disk of which ranges can be read. */
export interface ByteSource {
  /** In bytes. */
  readonly size: number;
  /** Reads exactly these bytes, which the caller has found to lie within `size`. */
  readonly read: (offset: number, length: number) => Promise<Uint8Array>;
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
 * read; the page's bytes from `offset` on come back.
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
    const page = await this.#source.read(start, Math.min(PAGE_BYTES, this.#source.size - start));
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size < this.#most) break;
      this.#pages.delete(oldest);
    }
    this.#use(index, page);
    return page.subarray(offset - start);
  }

  #use(index: number, page: Uint8Array): void {
    this.#pages.set(index, page);
    this.#last = index;
    this.#lastPage = page;
  }
}
