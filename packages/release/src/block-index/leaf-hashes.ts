import { createHash } from "node:crypto";
import type { Extent } from "../delta/byte-source.ts";
import { TransportError } from "../frames/transport-error.ts";
import type { ImageIndex, LeafHashes } from "./image-index.ts";
import { HASH_BYTES, LEAVES_IN_CHUNK } from "./image-index.ts";

const CHUNK_BYTES = HASH_BYTES * LEAVES_IN_CHUNK;
/** Of what lies between two ranges, as much is fetched with them: a request of its own costs more. */
const GAP_CHUNKS = 2;

/** A range of the frames file with leaf hashes of pieces that the node does not know. */
export interface LeafRequest extends Extent {
  readonly firstChunk: number;
}

/** The leaf hashes of a target as far as they are known, by number; where they are not, NaN. */
export type KnownLeaves = Float64Array;

export const noLeaves = (index: ImageIndex): KnownLeaves =>
  new Float64Array(index.leaves.count).fill(Number.NaN);

/** Which leaf hashes are to be fetched for pieces, by their numbers, in rising order. */
export const leafRequests = (
  index: ImageIndex,
  pieces: readonly number[],
): readonly LeafRequest[] => {
  const requests: { first: number; last: number }[] = [];
  for (const piece of pieces) {
    const { firstLeaf, length } = index.pieces[piece] ?? {};
    if (firstLeaf === undefined || length === undefined) continue;
    const first = Math.floor(firstLeaf / LEAVES_IN_CHUNK);
    const lastLeaf = firstLeaf + Math.ceil(length / index.blockSize) - 1;
    const last = Math.floor(lastLeaf / LEAVES_IN_CHUNK);
    const open = requests.at(-1);
    if (open !== undefined && first - open.last <= GAP_CHUNKS + 1) open.last = last;
    else requests.push({ first, last });
  }
  return requests.map(({ first, last }) => ({
    firstChunk: first,
    ...placeOf(index.leaves, first, last),
  }));
};

const placeOf = (leaves: LeafHashes, first: number, last: number): Extent => {
  const end = Math.min(leaves.count * HASH_BYTES, (last + 1) * CHUNK_BYTES);
  return { offset: leaves.offset + first * CHUNK_BYTES, length: end - first * CHUNK_BYTES };
};

/** Takes in the answer to a request, after holding each chunk against the index. Throws a TransportError for another's bytes. */
export const takeLeaves = (
  index: ImageIndex,
  known: KnownLeaves,
  request: LeafRequest,
  answer: Uint8Array,
): void => {
  if (answer.length !== request.length) {
    throw new TransportError(
      "TRANSPORT_LENGTH",
      `leaf hashes: ${answer.length} bytes came of ${request.length}`,
    );
  }
  const bytes = Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength);
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = request.firstChunk + at / CHUNK_BYTES;
    const part = bytes.subarray(at, at + CHUNK_BYTES);
    if (index.leaves.chunkChecks[chunk] !== chunkCheck(part)) {
      throw new TransportError(
        "TRANSPORT_CORRUPT",
        `leaf hashes: those at byte ${request.offset + at} of the frames file are not what the index says`,
      );
    }
    for (let i = 0; i < part.length; i += HASH_BYTES) {
      known[chunk * LEAVES_IN_CHUNK + i / HASH_BYTES] = part.readUIntBE(i, HASH_BYTES);
    }
  }
};

const chunkCheck = (bytes: Uint8Array): number =>
  createHash("sha256").update(bytes).digest().readUInt32BE(0);

/** The checks of all chunks of truncated leaf hashes. */
export const chunkChecks = (leaves: Uint8Array): readonly number[] =>
  Array.from({ length: Math.ceil(leaves.length / CHUNK_BYTES) }, (_, i) =>
    chunkCheck(leaves.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES)),
  );

/** The leaf hash of a block as a hash tree of format 1 has it, truncated. */
export const leafHash = (salt: Uint8Array, block: Uint8Array): number =>
  createHash("sha256").update(salt).update(block).digest().readUIntBE(0, HASH_BYTES);

/** The hash of a piece, truncated. */
export const pieceHash = (digest: Buffer): number => digest.readUIntBE(0, HASH_BYTES);

const TREE_BLOCK_BYTES = 4096;
export const TREE_HASH_BYTES = 32;

/**
 * Where in a dm-verity hash tree (format 1, SHA-256, blocks of 4096 bytes) the hashes of the data blocks are.
 * @param superblock how many bytes are before the tree: 4096 in what `veritysetup` writes.
 */
export const leafLevel = (dataBlocks: number, superblock: number = TREE_BLOCK_BYTES): Extent => {
  const inBlock = TREE_BLOCK_BYTES / TREE_HASH_BYTES;
  let above = 0;
  for (let blocks = Math.ceil(dataBlocks / inBlock); blocks > 1;) {
    blocks = Math.ceil(blocks / inBlock);
    above += blocks;
  }
  return {
    offset: superblock + above * TREE_BLOCK_BYTES,
    length: dataBlocks * TREE_HASH_BYTES,
  };
};
