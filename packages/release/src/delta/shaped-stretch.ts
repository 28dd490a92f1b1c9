import { NumberModel } from "./number-model.ts";
import type { Shape } from "./shapes.ts";
import { CONTEXT_COUNT, CONTEXTS, NUMBER_BYTES } from "./shapes.ts";
import { CALL, LOAD, NO_FIELD, x86Field } from "./x86-fields.ts";

/** A stretch of the source and the one of the target that is made of it, with their places in the images. */
export interface Stretch {
  readonly shape: Shape;
  readonly before: Uint8Array;
  readonly source: number;
  /** As long as `before`; filled from its beginning. */
  readonly made: Uint8Array;
  readonly target: number;
}

const NONE: Stretch = {
  shape: "numbers",
  before: new Uint8Array(0),
  source: 0,
  made: new Uint8Array(0),
  target: 0,
};

/**
 * Makes stretches unit by unit, each as it is guessed or corrected. A unit is a number of four bytes, or a byte of code that is in
 * none. Numbers in code are distances from where they stand, and are guessed as the places that they lead to.
 */
export class ShapedStretch {
  readonly #model = new NumberModel(CONTEXT_COUNT);
  #stretch = NONE;
  #before: DataView = new DataView(new ArrayBuffer(0));
  #made: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  /** Whether the next unit is a number; then its context, value in the source and guess. */
  #isNumber = false;
  #context = 0;
  #number = 0;
  #guess = 0;
  /** What makes a distance a place. */
  #sourceOrigin = 0;
  #targetOrigin = 0;

  begin(stretch: Stretch): void {
    this.#stretch = stretch;
    const { before, made } = stretch;
    this.#before = new DataView(before.buffer, before.byteOffset, before.byteLength);
    this.#made = new DataView(made.buffer, made.byteOffset, made.byteLength);
    this.#at = 0;
    this.#look();
  }

  get isDone(): boolean {
    return this.#at >= this.#stretch.before.length;
  }

  /** Of the next unit. */
  get isNumber(): boolean {
    return this.#isNumber;
  }

  /** Makes the next units as they are guessed, so many at most, and says how many those were. */
  takeGuesses(most: number): number {
    let count = 0;
    while (count < most && !this.isDone) {
      this.correct(0);
      count++;
    }
    return count;
  }

  /** Makes the next unit so much larger than it is guessed. */
  correct(correction: number): void {
    const at = this.#at;
    if (this.#isNumber) {
      const growth = (this.#guess + correction) | 0;
      const number = (this.#number + growth) | 0;
      this.#made.setInt32(at, number - this.#targetOrigin, true);
      this.#model.learn(this.#context, this.#number, growth);
      this.#at = at + NUMBER_BYTES;
    } else {
      this.#stretch.made[at] = (this.#stretch.before[at] ?? 0) + correction;
      this.#at = at + 1;
    }
    this.#look();
  }

  /** What `correct` must be given for the next unit to be as it is here: from -2^31 on for a number, up to 255 for a byte. */
  correctionFor(now: DataView): number {
    const at = this.#at;
    if (!this.#isNumber) return (now.getUint8(at) - (this.#stretch.before[at] ?? 0)) & 0xff;
    const wanted = (now.getInt32(at, true) + this.#targetOrigin) | 0;
    return (wanted - this.#number - this.#guess) | 0;
  }

  #look(): void {
    const { shape, before, source, target } = this.#stretch;
    const at = this.#at;
    if (at >= before.length) return;
    if (shape === "x86-code") {
      const field = x86Field(before, at);
      this.#isNumber = field !== NO_FIELD;
      if (!this.#isNumber) return;
      this.#sourceOrigin = (source + at) | 0;
      this.#targetOrigin = (target + at) | 0;
      this.#context = CONTEXTS[shape].first + (field === CALL ? 0 : field === LOAD ? 1 : 2);
    } else {
      const { first, count } = CONTEXTS[shape];
      this.#isNumber = true;
      this.#sourceOrigin = 0;
      this.#targetOrigin = 0;
      this.#context = first + ((at / NUMBER_BYTES) % count);
    }
    this.#number = (this.#before.getInt32(at, true) + this.#sourceOrigin) | 0;
    // A distance that stays as it is grows as a place by what its own place moved.
    const usual = (this.#targetOrigin - this.#sourceOrigin) | 0;
    this.#guess = this.#model.guess(this.#context, this.#number, usual);
  }
}
