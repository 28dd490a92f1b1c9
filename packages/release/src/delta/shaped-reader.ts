import type { Pages } from "./byte-source.ts";
import { DeltaError } from "./delta-error.ts";
import type { Streams } from "./format.ts";
import type { PulledBytes } from "./pulled-bytes.ts";
import { ShapedStretch } from "./shaped-stretch.ts";
import { MOST_SHAPED_BYTES, recordBytes, SHAPES } from "./shapes.ts";

/** Makes shaped stretches of the target out of the source, as the streams of a delta correct it. */
export class ShapedReader {
  readonly #pages: Pages;
  readonly #streams: Streams<PulledBytes>;
  readonly #stretch = new ShapedStretch();
  readonly #before = new Uint8Array(MOST_SHAPED_BYTES);
  readonly #made = new Uint8Array(MOST_SHAPED_BYTES);
  /** How many guesses are right before the next that is not; undefined until the stream was asked. */
  #right: number | undefined;

  constructor(pages: Pages, streams: Streams<PulledBytes>) {
    this.#pages = pages;
    this.#streams = streams;
  }

  /** The next bytes of the target; used again by the next call. `source` and `length` lie within the source. */
  async make(
    shapeNumber: number,
    source: number,
    length: number,
    target: number,
  ): Promise<Uint8Array> {
    const shape = SHAPES[shapeNumber];
    if (shape === undefined) {
      throw new DeltaError("DELTA_INVALID", `has a stretch of the unknown shape ${shapeNumber}`);
    }
    if (length > MOST_SHAPED_BYTES || length % recordBytes(shape) !== 0) {
      throw new DeltaError("DELTA_INVALID", `has ${length} bytes of the shape ${shape}`);
    }
    const before = await this.#pages.readInto(this.#before.subarray(0, length), source);
    const made = this.#made.subarray(0, length);
    const { rightGuesses } = this.#streams;
    const stretch = this.#stretch;
    stretch.begin({ shape, before, source, made, target });
    while (!stretch.isDone) {
      const right = this.#right ?? rightGuesses.heldNumber() ?? (await rightGuesses.number());
      this.#right = right - stretch.takeGuesses(right);
      if (stretch.isDone) break;
      stretch.correct(await this.#correction(stretch.isNumber));
      this.#right = undefined;
    }
    return made;
  }

  /** Throws when the streams said that more guesses would be right than there were. */
  expectEnd(): void {
    if (this.#right !== undefined && this.#right > 0) {
      throw new DeltaError("DELTA_INVALID", "counts more guesses than it makes");
    }
  }

  async #correction(isNumber: boolean): Promise<number> {
    const { corrections, differences } = this.#streams;
    if (!isNumber) return (differences.held() ?? (await differences.more())).byte();
    const value = corrections.heldNumber() ?? (await corrections.number());
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }
}
