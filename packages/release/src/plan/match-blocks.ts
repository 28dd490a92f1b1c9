import { HASH_BYTES, type ImageIndex } from "../block-index/image-index.ts";
import { type KnownLeaves, leafHash, TREE_HASH_BYTES } from "../block-index/leaf-hashes.ts";
import type { ByteSource } from "../delta/byte-source.ts";
import type { Seed } from "./plan.ts";

/** Where a block of the target can be taken from. */
export interface BlockPlace {
  readonly kind: "copy" | "keep" | "zero";
  /** Number of the seed and offset in it; of no meaning for other kinds. */
  readonly seed: number;
  readonly source: number;
  readonly hash: number;
}

/** A block of the target whose leaf hash is known. */
interface Wanted {
  readonly block: number;
  readonly hash: number;
}

const READ_BYTES = 64 * 1024;

/** Whether a seed's leaf hashes are made as the target's are, and so can be compared. */
export const hasComparableLeaves = (target: ImageIndex, { index, leaves }: Seed): boolean =>
  leaves !== undefined &&
  target.leaves.count > 0 &&
  index.leaves.salt === target.leaves.salt &&
  index.blockSize === target.blockSize;

/** Looks blocks of the target up in the hash trees of the seeds, each of which is read once. By number of the target's block. */
export const matchBlocks = async (
  target: ImageIndex,
  seeds: readonly Seed[],
  known: KnownLeaves,
  pieces: readonly number[],
): Promise<ReadonlyMap<number, BlockPlace>> => {
  const wanted = wantedBlocks(target, known, pieces);
  const places = new Map<number, BlockPlace>();
  const sources = new Map<number, { seed: number; source: number } | undefined>();
  for (const { hash } of wanted) sources.set(hash, undefined);
  const hashOf = new Map(wanted.map(({ block, hash }) => [block, hash]));
  for (const [seed, one] of seeds.entries()) {
    if (one.leaves === undefined || !hasComparableLeaves(target, one)) continue;
    const blocks = one.index.imageSize / target.blockSize;
    await eachLeafHash(one.leaves, blocks, (block, hash) => {
      const source = block * target.blockSize;
      if (one.isTarget === true) {
        if (hashOf.get(block) === hash) places.set(block, { kind: "keep", seed, source, hash });
      } else if (sources.has(hash) && sources.get(hash) === undefined) {
        sources.set(hash, { seed, source });
      }
    });
  }
  const zero = leafHash(Buffer.from(target.leaves.salt, "hex"), new Uint8Array(target.blockSize));
  for (const { block, hash } of wanted) {
    const source = sources.get(hash);
    if (hash === zero) places.set(block, { kind: "zero", seed: 0, source: 0, hash });
    else if (source !== undefined && !places.has(block)) {
      places.set(block, { kind: "copy", ...source, hash });
    }
  }
  return places;
};

const wantedBlocks = (
  { pieces, blockSize }: ImageIndex,
  known: KnownLeaves,
  numbers: readonly number[],
): readonly Wanted[] =>
  numbers.flatMap((number) => {
    const piece = pieces[number];
    const firstLeaf = piece?.firstLeaf;
    if (piece === undefined || firstLeaf === undefined) return [];
    const hashes = known.subarray(firstLeaf, firstLeaf + piece.length / blockSize);
    return Array.from(hashes, (hash, i) => ({ block: piece.offset / blockSize + i, hash })).filter(
      ({ hash }) => !Number.isNaN(hash),
    );
  });

const eachLeafHash = async (
  leaves: ByteSource,
  blocks: number,
  take: (block: number, hash: number) => void,
): Promise<void> => {
  const size = Math.min(leaves.size, Math.floor(blocks) * TREE_HASH_BYTES);
  for (let at = 0; at < size; at += READ_BYTES) {
    const read = await leaves.read(at, Math.min(READ_BYTES, size - at));
    const hashes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
    for (let i = 0; i + TREE_HASH_BYTES <= hashes.length; i += TREE_HASH_BYTES) {
      take((at + i) / TREE_HASH_BYTES, hashes.readUIntBE(i, HASH_BYTES));
    }
  }
};
