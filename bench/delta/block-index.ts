/** Which pieces of a bundle a node with RAUC's block hash index fetches. Pure. */

/** A block's place among the hashes, and what the node's old index holds of them. */
export const HASH_BYTES = 32;
/** What a hash is of. */
export const BLOCK_BYTES = 4096;

/** Numbers of the blocks whose hash the old index does not have, in their order. @throws Error for a cut index. */
export const missingBlocks = (old: Uint8Array, now: Uint8Array): readonly number[] => {
  for (const index of [old, now]) {
    if (index.length % HASH_BYTES !== 0) throw new Error(`an index of ${index.length} bytes`);
  }
  const hashes = (index: Uint8Array): readonly string[] =>
    Array.from({ length: index.length / HASH_BYTES }, (_, i) =>
      Buffer.from(index.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)).toString("hex"),
    );
  const held = new Set(hashes(old));
  return hashes(now).flatMap((hash, block) => (held.has(hash) ? [] : [block]));
};

/** Numbers of the pieces, each of so many bytes, in which the blocks lie; each once, in their order. */
export const touchedPieces = (blocks: readonly number[], pieceBytes: number): readonly number[] => [
  ...new Set(blocks.map((block) => Math.floor((block * BLOCK_BYTES) / pieceBytes))),
];
