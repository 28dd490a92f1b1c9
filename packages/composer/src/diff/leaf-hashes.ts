/** The hash of every block of a root, from its verity tree: sameness is seen without reading the blocks. */
import { createHash } from "node:crypto";
import {
  type ByteSource,
  FormatError,
  MAX_READ_BYTES,
  readRange,
  readVerity,
  type VerityTree,
} from "@slipway/release";

export interface LeafHashes {
  /** Hashes of two trees can be held against each other when this is the same. */
  readonly kind: string;
  /** Bytes of data a hash stands for. */
  readonly blockSize: number;
  /** The hashes, one behind the other. */
  readonly bytes: Uint8Array;
}

/** Bytes of a SHA-256 hash. */
export const HASH_BYTES = 32;

/** Hashes of a root of 8 GiB; a larger one is compared by its bytes. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads the lowest level of the tree and hashes its way up to `roothash`. Undefined where the tree is of another kind than our
 * builds make, is not that root's, or does not hash to what it says: then bytes have to be compared.
 */
export const readLeafHashes = async (
  file: ByteSource,
  roothash: string,
): Promise<LeafHashes | undefined> => {
  const tree = await readVerity(file);
  const { algorithm, salt, dataBlocks, dataBlockSize, hashBlockSize } = tree;
  if (tree.rootHash !== roothash || dataBlocks * HASH_BYTES > MOST_BYTES) return undefined;
  const levels = levelsOf(tree);
  if (levels.some(({ offset, length }) => offset + length > file.size)) return undefined;
  let upper: Uint8Array | undefined;
  for (const { offset, length } of levels) {
    const level = await readLong(file, offset, length);
    if (upper !== undefined && !hashesTo(level, upper, tree)) return undefined;
    upper = level;
  }
  if (upper === undefined) return undefined;
  return {
    kind: `${algorithm} ${salt} ${dataBlockSize} ${hashBlockSize}`,
    blockSize: dataBlockSize,
    bytes: upper.subarray(0, dataBlocks * HASH_BYTES),
  };
};

/** The levels from the top down, behind the superblock's block (cryptsetup's "DMVerity" page, "hash tree"). */
const levelsOf = ({ dataBlocks, hashBlockSize }: VerityTree) => {
  const perBlock = hashBlockSize / HASH_BYTES;
  const counts: number[] = [];
  for (let blocks = dataBlocks; blocks > 1;) {
    blocks = Math.ceil(blocks / perBlock);
    counts.unshift(blocks);
  }
  let offset = hashBlockSize;
  return counts.map((blocks) => {
    const level = { offset, length: blocks * hashBlockSize };
    offset += level.length;
    return level;
  });
};

const hashesTo = (level: Uint8Array, upper: Uint8Array, tree: VerityTree): boolean => {
  const salt = Buffer.from(tree.salt, "hex");
  const size = tree.hashBlockSize;
  for (let start = 0, at = 0; start < level.length; start += size, at += HASH_BYTES) {
    const expected = Buffer.from(upper.subarray(at, at + HASH_BYTES)).toString("hex");
    const block = level.subarray(start, start + size);
    // Without joining them: there are a hundred thousand blocks' worth of garbage in that.
    if (createHash("sha256").update(salt).update(block).digest("hex") !== expected) return false;
  }
  return true;
};

const readLong = async (file: ByteSource, offset: number, length: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; done += MAX_READ_BYTES) {
    const piece = Math.min(MAX_READ_BYTES, length - done);
    bytes.set(await readRange(file, "dm-verity", "the hashes", offset + done, piece), done);
  }
  return bytes;
};

/** The same where it cannot be had: a tree that is none is told by others. */
export const leafHashesOrNone = async (
  file: ByteSource,
  roothash: string,
): Promise<LeafHashes | undefined> => {
  try {
    return await readLeafHashes(file, roothash);
  } catch (error) {
    if (error instanceof FormatError) return undefined;
    throw error;
  }
};
