import { HASH_BYTES, type ImageIndex } from "../block-index/image-index.ts";
import { type KnownLeaves, leafHash, TREE_HASH_BYTES } from "../block-index/leaf-hashes.ts";
import type { ByteSource } from "../delta/byte-source.ts";
import type { Seed } from "./plan.ts";

/** Where a block of the target can be taken from. */
export type BlockPlace =
  | { readonly kind: "copy"; readonly seed: number; readonly source: number; readonly hash: number }
  | { readonly kind: "keep"; readonly hash: number }
  | { readonly kind: "zero" };

/** What seeds have of the target's blocks, which are numbered from the image's first on. */
export type FindBlock = (block: number) => BlockPlace | undefined;

const READ_BYTES = 64 * 1024;

/** Whether a seed's leaf hashes are made as the target's are, and so can be compared. */
export const hasComparableLeaves = (target: ImageIndex, { index, leaves }: Seed): boolean =>
  leaves !== undefined &&
  target.leaves.count > 0 &&
  index.leaves.salt === target.leaves.salt &&
  index.blockSize === target.blockSize;

/**
 * Looks the blocks of pieces, by the pieces' numbers, up in the hash trees of the seeds, each of which is read once. Takes some
 * 30 bytes of memory for each block that is looked for.
 */
export const matchBlocks = async (
  target: ImageIndex,
  seeds: readonly Seed[],
  known: KnownLeaves,
  pieces: readonly number[],
): Promise<FindBlock> => {
  const { blocks, hashes } = wantedBlocks(target, known, pieces);
  const { blockSize, leaves } = target;
  const zero = leafHash(Buffer.from(leaves.salt, "hex"), new Uint8Array(blockSize));
  const sorted = hashes.toSorted();
  /** For each hash in the sorted list, at the place where it first occurs: one more than the seed's number, and the block there. */
  const [seedOf, blockOf] = [new Uint16Array(sorted.length), new Uint32Array(sorted.length)];
  const isKept = new Uint8Array(blocks.length);
  for (const [seed, one] of seeds.entries()) {
    if (one.leaves === undefined || !hasComparableLeaves(target, one)) continue;
    const look =
      one.isTarget === true
        ? (block: number, hash: number): void => {
            const i = firstAtLeast(blocks, block);
            if (blocks[i] === block && hashes[i] === hash) isKept[i] = 1;
          }
        : (block: number, hash: number): void => {
            const i = firstAtLeast(sorted, hash);
            if (sorted[i] !== hash || seedOf[i] !== 0) return;
            seedOf[i] = seed + 1;
            blockOf[i] = block;
          };
    await eachLeafHash(one.leaves, Math.floor(one.index.imageSize / blockSize), look);
  }
  return (block) => {
    const i = firstAtLeast(blocks, block);
    const hash = hashes[i];
    if (blocks[i] !== block || hash === undefined) return undefined;
    if (hash === zero) return { kind: "zero" };
    if (isKept[i] === 1) return { kind: "keep", hash };
    const at = firstAtLeast(sorted, hash);
    const seed = (seedOf[at] ?? 0) - 1;
    return seed < 0
      ? undefined
      : { kind: "copy", seed, source: (blockOf[at] ?? 0) * blockSize, hash };
  };
};

/** The place of the first number that is not below a value, in a list of rising numbers. */
const firstAtLeast = (numbers: Float64Array | Uint32Array, value: number): number => {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The blocks whose leaf hashes are known, in the image's order. */
const wantedBlocks = (
  { pieces, blockSize }: ImageIndex,
  known: KnownLeaves,
  numbers: readonly number[],
): { readonly blocks: Uint32Array; readonly hashes: Float64Array } => {
  const blocks = new Uint32Array(known.length);
  const hashes = new Float64Array(known.length);
  let count = 0;
  for (const number of numbers) {
    const { offset, length, firstLeaf } = pieces[number] ?? { offset: 0, length: 0 };
    if (firstLeaf === undefined) continue;
    for (let i = 0; i < length / blockSize; i++) {
      const hash = known[firstLeaf + i];
      if (hash === undefined || Number.isNaN(hash)) continue;
      blocks[count] = offset / blockSize + i;
      hashes[count] = hash;
      count += 1;
    }
  }
  return { blocks: blocks.slice(0, count), hashes: hashes.slice(0, count) };
};

const eachLeafHash = async (
  leaves: ByteSource,
  blocks: number,
  take: (block: number, hash: number) => void,
): Promise<void> => {
  const size = Math.min(leaves.size, blocks * TREE_HASH_BYTES);
  for (let at = 0; at < size; at += READ_BYTES) {
    const read = await leaves.read(at, Math.min(READ_BYTES, size - at));
    const hashes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
    for (let i = 0; i + TREE_HASH_BYTES <= hashes.length; i += TREE_HASH_BYTES) {
      take((at + i) / TREE_HASH_BYTES, hashes.readUIntBE(i, HASH_BYTES));
    }
  }
};
