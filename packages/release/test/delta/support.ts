import assert from "node:assert/strict";
import type { ByteSource, HashedImage } from "../../src/index.ts";

/** Numbers that look random and are the same every time (mulberry32). */
export const numbersFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** Bytes that look random; with a small alphabet they repeat themselves often. */
export const noise = (length: number, seed: number, alphabet = 256): Uint8Array => {
  const next = numbersFrom(seed);
  return Uint8Array.from({ length }, () => Math.floor(next() * alphabet));
};

/** A copy with stretches overwritten, taken out, put in and moved. */
export const edited = (bytes: Uint8Array, edits: number, seed: number): Uint8Array => {
  const next = numbersFrom(seed);
  const below = (end: number): number => Math.floor(next() * end);
  let result = Buffer.from(bytes);
  for (let i = 0; i < edits; i++) {
    const at = below(result.length + 1);
    const to = Math.min(result.length, at + below(64));
    const from = below(result.length);
    const inserted = [
      Buffer.from(noise(to - at, below(1e9))),
      Buffer.alloc(0),
      Buffer.from(noise(below(64), below(1e9))),
      result.subarray(from, from + below(2000)),
    ][below(4)];
    result = Buffer.concat([
      result.subarray(0, at),
      inserted ?? Buffer.alloc(0),
      result.subarray(to),
    ]);
  }
  return new Uint8Array(result);
};

/** Bytes in memory as a source that refuses what lies outside of them. */
export const sourceOf = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (offset, length) => {
    assert.ok(offset >= 0 && length >= 0 && offset + length <= bytes.length, "reads outside");
    return bytes.slice(offset, offset + length);
  },
});

const BLOCK_BYTES = 4096;

/** An image that lays files out as EROFS does without inline data: metadata in front, each file in whole blocks. */
export const imageOf = (
  files: Readonly<Record<string, Uint8Array>>,
): HashedImage & { readonly whole: Uint8Array } => {
  const names = Buffer.from(Object.keys(files).join("\n"));
  const blocks = (length: number): number => Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
  let end = BLOCK_BYTES + blocks(names.length);
  const placed = Object.entries(files).map(([path, bytes]) => {
    const offset = end;
    end += blocks(bytes.length);
    return { path, bytes, extents: [{ offset, length: bytes.length }] };
  });
  const whole = new Uint8Array(end);
  whole.set(names, BLOCK_BYTES);
  for (const { bytes, extents } of placed) whole.set(bytes, extents[0]?.offset);
  return {
    whole,
    bytes: sourceOf(whole),
    blockSize: BLOCK_BYTES,
    rootHash: "00".repeat(32),
    files: placed.map(({ path, extents }) => ({ path, extents })),
  };
};
