/** Luck that can be had again: a seed gives the same numbers every time. */
export interface Luck {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
}

/** Numbers one after the other (mulberry32). */
export const luckOf = (seed: number): Luck => {
  let state = seed >>> 0;
  return {
    below: (bound) => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
    },
  };
};
