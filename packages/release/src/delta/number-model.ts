/** How many bits of a number's hash choose its place in a table. */
const EXACT_BITS = 18;
const NEAR_BITS = 18;

/** Numbers within 2^5 of each other count as near, within 2^10 as farther ones. */
const NEAR_SHIFT = 5;
const FAR_SHIFT = 10;

/** How many guesses there are for each number, and how fast trust in each of them follows what it was worth. */
const GUESSES = 4;
const TRUST_SHIFT = 4;
const FULL_TRUST = 1 << 16;

const hash = (number: number, bits: number): number =>
  Math.imul(number, 0x9e3779b1) >>> (32 - bits);

/** Neighbouring contexts, such as both halves of a number of eight bytes, know numbers from each other. */
const keyOf = (context: number, number: number): number =>
  (number + (context >> 1) * 0x1000003) | 0;

/**
 * Learns by how much numbers of the source grow in the target, in order to guess by how much the next one does. Where code is put
 * in, all addresses behind it grow by its length: a number probably grows as it did where it last stood, or as one near to it did,
 * or the last of its kind, or as is usual. Which of these guesses is taken, their success in the same context decides.
 * Both sides of a delta run this in step: whatever it guesses, they guess the same. Takes 4 MiB.
 */
export class NumberModel {
  readonly #exactKeys = new Int32Array(1 << EXACT_BITS);
  readonly #exactGrowths = new Int32Array(1 << EXACT_BITS);
  readonly #nearGrowths = new Int32Array(1 << NEAR_BITS);
  readonly #farGrowths = new Int32Array(1 << NEAR_BITS);
  readonly #lastGrowths: Int32Array;
  readonly #trust: Int32Array;
  readonly #guesses = new Int32Array(GUESSES);
  /** Of the last guess in the tables. */
  #exactPlace = 0;
  #nearPlace = 0;
  #farPlace = 0;
  #trustPlace = 0;

  constructor(contexts: number) {
    this.#lastGrowths = new Int32Array(contexts);
    this.#trust = new Int32Array(contexts * 2 * GUESSES);
  }

  /** By how much this number of the source will have grown, modulo 2^32. To be followed by `learn`. */
  guess(context: number, number: number, usual: number): number {
    const key = keyOf(context, number);
    this.#exactPlace = hash(key, EXACT_BITS);
    this.#nearPlace = hash(number >>> NEAR_SHIFT, NEAR_BITS);
    this.#farPlace = hash(number >>> FAR_SHIFT, NEAR_BITS);
    const isKnown = this.#exactKeys[this.#exactPlace] === key;
    const guesses = this.#guesses;
    guesses[0] =
      (isKnown ? this.#exactGrowths[this.#exactPlace] : this.#nearGrowths[this.#nearPlace]) ?? 0;
    guesses[1] = this.#farGrowths[this.#farPlace] ?? 0;
    guesses[2] = this.#lastGrowths[context] ?? 0;
    guesses[3] = usual;
    // What is known exactly has earned trust of its own.
    this.#trustPlace = (context * 2 + (isKnown ? 1 : 0)) * GUESSES;
    let [best, most] = [0, -1];
    for (let i = 0; i < GUESSES; i++) {
      const trust = this.#trust[this.#trustPlace + i] ?? 0;
      if (trust > most) [best, most] = [i, trust];
    }
    return guesses[best] ?? 0;
  }

  /** By how much the number of the last `guess` did grow. */
  learn(context: number, number: number, growth: number): void {
    for (let i = 0; i < GUESSES; i++) {
      const place = this.#trustPlace + i;
      const trust = this.#trust[place] ?? 0;
      const goal = this.#guesses[i] === growth ? FULL_TRUST : 0;
      this.#trust[place] = trust + ((goal - trust) >> TRUST_SHIFT);
    }
    this.#exactKeys[this.#exactPlace] = keyOf(context, number);
    this.#exactGrowths[this.#exactPlace] = growth;
    this.#nearGrowths[this.#nearPlace] = growth;
    this.#farGrowths[this.#farPlace] = growth;
    this.#lastGrowths[context] = growth;
  }
}
