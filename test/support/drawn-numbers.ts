/** Luck that can be had again: a seed gives the same numbers every time. */
import { randomInt } from "node:crypto";
import process from "node:process";

/** What CI draws: a change is to be judged by what it changes. People's runs and the long ones draw anew. */
const SEED_OF_CI = 190_492_236;

/** The seed of this run: `SLIPWAY_SEED`, or a new one outside CI. Put it into a title, so that a failure can be repeated. */
export const seedOfRun = (): number => {
  const given = process.env["SLIPWAY_SEED"];
  if (given === undefined) return process.env["CI"] === "true" ? SEED_OF_CI : randomInt(2 ** 31);
  const seed = Number(given);
  if (!Number.isInteger(seed)) throw new Error(`SLIPWAY_SEED is no whole number: ${given}`);
  return seed;
};

/** Numbers from 0 to below 1, one after the other (mulberry32). */
export const drawNumbers = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** `count` of `items`, one drawn from each of as many stretches of equal length, in their order. */
export const drawSpread = <T>(
  items: readonly T[],
  count: number,
  draw: () => number,
): readonly T[] =>
  Array.from({ length: Math.min(count, items.length) }, (_, index) => {
    const share = items.length / Math.min(count, items.length);
    const first = Math.floor(index * share);
    const next = Math.floor((index + 1) * share);
    return items.slice(first, next)[Math.floor(draw() * (next - first))];
  }).flatMap((item) => (item === undefined ? [] : [item]));
