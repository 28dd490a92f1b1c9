/** Which partitions of a disk lie over each other. */
import type { Newest } from "./rule.ts";

interface Extent {
  /** The partition's place in the list. */
  readonly index: number;
  readonly start: number;
  /** The last MiB; before the start where the size is negative. */
  readonly end: number;
}

const extentOf = ({ startMiB, sizeMiB }: Newest<"Partition">, index: number): readonly Extent[] => {
  // A start of 0 is anywhere; a size of 0 counts as the start alone.
  if (startMiB === undefined || sizeMiB === undefined || startMiB === 0) return [];
  return [{ index, start: startMiB, end: sizeMiB === 0 ? startMiB : startMiB + sizeMiB - 1 }];
};

const overlaps = (one: Extent, other: Extent): boolean =>
  (one.start >= other.start && one.start <= other.end) ||
  (one.end >= other.start && one.end <= other.end) ||
  (one.start < other.start && one.end > other.end);

/** How many of the sorted numbers are less than `limit`. */
const countBelow = (sorted: Float64Array, limit: number): number => {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** A test that is false only for an extent that overlaps none of the others; all of them are in order. */
const mayOverlap = (extents: readonly Extent[]): ((extent: Extent) => boolean) => {
  const starts = Float64Array.from(extents, ({ start }) => start).sort();
  const ends = Float64Array.from(extents, ({ end }) => end).sort();
  // Those that neither end before it nor start after it, one of which is the extent itself.
  return ({ start, end }) => countBelow(starts, end + 1) - countBelow(ends, start) > 1;
};

/** The index that Ignition names when partitions overlap: of the first that overlaps any, the first that it overlaps. */
export const findOverlap = (partitions: readonly Newest<"Partition">[]): number | undefined => {
  const extents = partitions.flatMap(extentOf);
  const upsideDown = extents.filter(({ start, end }) => end < start);
  const others = extents.filter(({ start, end }) => end >= start);
  const mayOverlapOthers = mayOverlap(others);
  for (const extent of extents) {
    const isSuspect =
      extent.end < extent.start ||
      mayOverlapOthers(extent) ||
      upsideDown.some((other) => overlaps(extent, other));
    const hit = isSuspect
      ? extents.find((other) => other !== extent && overlaps(extent, other))
      : undefined;
    if (hit !== undefined) return hit.index;
  }
  return undefined;
};
