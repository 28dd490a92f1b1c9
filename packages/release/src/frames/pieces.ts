import type { Extent } from "../delta/byte-source.ts";
import { type Image, METADATA, regionsOf } from "../delta/image-regions.ts";

/** A run of an image that belongs to one file, or to none. Pieces are in the image's order and make it whole. */
export interface Piece extends Extent {
  /** Empty for what is no file's. */
  readonly path: string;
}

/** In an image that is not made of blocks, what is between two files and shorter goes with the second: headers of an archive do. */
const GAP_BYTES = 1024;

/** Cuts an image along its files, at multiples of `unit` bytes: the image's block size, or 1. */
export const piecesOf = (image: Image, unit: number): readonly Piece[] => {
  const runs = regionsOf(image)
    .flatMap(({ path, extents }) => extents.map((extent) => ({ path, ...extent })))
    .toSorted((a, b) => a.offset - b.offset);
  const size = image.bytes.size;
  const pieces: Piece[] = [];
  let start = 0;
  for (const [i, { path, offset, length }] of runs.entries()) {
    const isLast = i === runs.length - 1;
    if (!isLast && unit === 1 && path === METADATA && length < GAP_BYTES) continue;
    // A block that files share belongs to the first of them.
    const end = isLast ? size : Math.min(size, Math.ceil((offset + length) / unit) * unit);
    if (end > start) pieces.push({ path, offset: start, length: end - start });
    start = Math.max(start, end);
  }
  return pieces;
};
