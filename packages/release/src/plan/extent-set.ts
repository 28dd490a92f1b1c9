import type { Extent } from "../delta/byte-source.ts";

/** Bytes of an image, whatever the runs in which they were named. */
export class ExtentSet {
  /** In rising order, none of them touching another. */
  readonly #runs: readonly Extent[];

  constructor(extents: readonly Extent[]) {
    const runs: { offset: number; length: number }[] = [];
    for (const { offset, length } of extents.toSorted((a, b) => a.offset - b.offset)) {
      const last = runs.at(-1);
      if (last !== undefined && offset <= last.offset + last.length) {
        last.length = Math.max(last.length, offset + length - last.offset);
      } else if (length > 0) runs.push({ offset, length });
    }
    this.#runs = runs;
  }

  get bytes(): number {
    return this.#runs.reduce((sum, { length }) => sum + length, 0);
  }

  hasAllOf({ offset, length }: Extent): boolean {
    const run = this.#runs[this.#behind(offset) - 1];
    return run !== undefined && offset + length <= run.offset + run.length;
  }

  hasSomeOf({ offset, length }: Extent): boolean {
    // The last run that begins before the extent's end is the one that reaches furthest.
    const run = this.#runs[this.#behind(offset + length - 1) - 1];
    return length > 0 && run !== undefined && run.offset + run.length > offset;
  }

  /** The number of the first run that begins behind a place. */
  #behind(place: number): number {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#runs[middle]?.offset ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
