/** Whether files of two roots hold the same, by block hashes where they say so and by bytes where they do not. */
import { type ByteSource, FormatError } from "@slipway/release";
import type { ErofsInode, Extent } from "../inspect/erofs-inode.ts";
import { HASH_BYTES, type LeafHashes } from "./leaf-hashes.ts";
import type { RootTree } from "./root-tree.ts";
import { isSameBytes } from "./same-bytes.ts";

/** One root: its image, what is in it, and its block hashes if they can be believed. */
export interface RootSide {
  readonly image: ByteSource;
  readonly tree: RootTree;
  readonly leaves: LeafHashes | undefined;
}

/** A forged image may claim the same blocks for every file. Ours share none, but for hard links. */
const MOST_TIMES = 8;

/** Compares the data of two inodes of equal size. */
export const dataComparison = (
  before: RootSide,
  after: RootSide,
  signal?: AbortSignal,
): ((before: ErofsInode, after: ErofsInode) => Promise<boolean>) => {
  const areComparable = before.leaves !== undefined && before.leaves.kind === after.leaves?.kind;
  const budget = MOST_TIMES * (before.image.size + after.image.size);
  let read = 0;
  return async (old, now) => {
    const [oldExtents, newExtents] = [before.tree.extents(old), after.tree.extents(now)];
    if (areComparable && haveSameHashes(before.leaves, oldExtents, after.leaves, newExtents)) {
      return true;
    }
    read += old.size;
    if (read > budget) {
      throw new FormatError("OUT_OF_RANGE", "EROFS", "files that are larger than the image");
    }
    return isSameBytes(before.image, oldExtents, after.image, newExtents, signal);
  };
};

/** Extents that begin with a block and end with one: mkfs.erofs fills the last block with zeros. */
const haveSameHashes = (
  before: LeafHashes | undefined,
  beforeExtents: readonly Extent[],
  after: LeafHashes | undefined,
  afterExtents: readonly Extent[],
): boolean => {
  const [a, b] = [hashesOf(before, beforeExtents), hashesOf(after, afterExtents)];
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
};

const hashesOf = (
  leaves: LeafHashes | undefined,
  extents: readonly Extent[],
): Uint8Array | undefined => {
  const [extent, ...others] = extents;
  if (leaves === undefined || extent === undefined || others.length > 0) return undefined;
  const { blockSize, bytes } = leaves;
  if (extent.offset % blockSize !== 0) return undefined;
  const first = extent.offset / blockSize;
  const end = first + Math.ceil(extent.length / blockSize);
  return end * HASH_BYTES > bytes.length
    ? undefined
    : bytes.subarray(first * HASH_BYTES, end * HASH_BYTES);
};
