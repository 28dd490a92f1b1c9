import { suffixArray } from "./suffix-array.ts";

/** Where in the old bytes a stretch of new ones stands, and for how long. */
export interface Match {
  readonly start: number;
  readonly length: number;
}

/** Finds the longest stretch of old bytes that equals what begins at a place of the new ones. */
export type MatchIndex = (bytes: Uint8Array, at: number) => Match;

/** No comparison goes further, lest bytes that repeat cost the square of their number. Longer matches are found in pieces. */
const MAX_MATCH_BYTES = 32 * 1024;

/** Below this size a table of buckets costs more than the steps it saves. */
const BUCKETS_FROM_BYTES = 32 * 1024;

export const indexMatches = (old: Uint8Array): MatchIndex => {
  const suffixes = suffixArray(old);
  const buckets = old.length < BUCKETS_FROM_BYTES ? undefined : bucketStarts(old);
  return (bytes, at) => {
    const limit = Math.min(bytes.length - at, MAX_MATCH_BYTES);
    let [low, high] = [-1, suffixes.length];
    if (buckets !== undefined && limit >= 2) {
      const pair = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
      [low, high] = [(buckets[pair] ?? 0) - 1, buckets[pair + 1] ?? 0];
    }
    // Suffixes between two share with the new bytes at least what both of them do.
    let [lowLength, highLength, best, bestLength] = [0, 0, 0, 0];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const start = suffixes[middle] ?? 0;
      const end = Math.min(limit, old.length - start);
      let length = Math.min(lowLength, highLength);
      while (length < end && old[start + length] === bytes[at + length]) length++;
      if (length > bestLength) [best, bestLength] = [start, length];
      if (length === limit) break;
      if (start + length === old.length || (old[start + length] ?? 0) < (bytes[at + length] ?? 0)) {
        [low, lowLength] = [middle, length];
      } else {
        [high, highLength] = [middle, length];
      }
    }
    return { start: best, length: bestLength };
  };
};

/** Where among the sorted suffixes those with each pair of first bytes begin. A last byte alone goes before its pairs. */
const bucketStarts = (old: Uint8Array): Int32Array => {
  const starts = new Int32Array(256 * 256 + 1);
  const count = (pair: number): void => {
    starts[pair + 1] = (starts[pair + 1] ?? 0) + 1;
  };
  for (let i = 0; i + 1 < old.length; i++) count(((old[i] ?? 0) << 8) | (old[i + 1] ?? 0));
  count((old[old.length - 1] ?? 0) << 8);
  for (let pair = 1; pair < starts.length; pair++) {
    starts[pair] = (starts[pair] ?? 0) + (starts[pair - 1] ?? 0);
  }
  return starts;
};
