import assert from "node:assert/strict";
import * as fc from "fast-check";
import { it } from "mocha";
import {
  type ByteSource,
  FormatError,
  type FormatErrorCode,
  MAX_READ_BYTES,
} from "@slipway/release";

/** Bytes as a source that refuses what a careful reader never asks for. */
export const sourceOf = (bytes: Uint8Array, size = bytes.length): ByteSource => ({
  size,
  read: async (offset, length) => {
    assert.ok(offset >= 0 && length >= 0 && length <= MAX_READ_BYTES, `read ${offset}+${length}`);
    assert.ok(offset + length <= size, `read ${offset}+${length} of ${size}`);
    // A sparse file: what is not given is zero.
    const out = new Uint8Array(length);
    out.set(bytes.subarray(offset, offset + length));
    return Promise.resolve(out);
  },
});

/** Writes fields into new bytes: text as ASCII, numbers as little-endian of the given width. */
export const struct = (
  length: number,
  ...fields: readonly (
    | readonly [offset: number, text: string | Uint8Array]
    | readonly [offset: number, value: number | bigint, width: 1 | 2 | 4 | 8]
  )[]
): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (const [offset, value, width] of fields) {
    if (typeof value === "string") bytes.set(Buffer.from(value, "latin1"), offset);
    else if (value instanceof Uint8Array) bytes.set(value, offset);
    else {
      for (let index = 0; index < (width ?? 0); index++) {
        bytes[offset + index] = Number((BigInt(value) >> BigInt(8 * index)) & 0xffn);
      }
    }
  }
  return bytes;
};

export const fromHex = (hex: string): Uint8Array =>
  new Uint8Array(Buffer.from(hex.replaceAll("-", ""), "hex"));

/** The bytes with one run replaced. */
export const patched = (bytes: Uint8Array, offset: number, patch: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.set(patch, offset);
  return copy;
};

export const refuses = async (
  code: FormatErrorCode,
  format: string,
  read: () => Promise<unknown>,
): Promise<void> =>
  assert.rejects(
    read,
    (error) => error instanceof FormatError && error.code === code && error.format === format,
  );

/** The promise every reader keeps: whatever the bytes, an answer or its own error, within bounds. */
export const readsAnything = (
  read: (source: ByteSource) => Promise<unknown>,
  example: Uint8Array,
): void => {
  const answers = async (source: ByteSource): Promise<void> => {
    try {
      await read(source);
    } catch (error) {
      assert.ok(error instanceof FormatError, String(error));
    }
  };
  it("answers or refuses, whatever bytes come", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2048 }), (bytes) => answers(sourceOf(bytes))),
      { numRuns: 200 },
    );
  });
  it("answers or refuses its own example, mutated", async () => {
    const mutation = fc.tuple(
      fc.nat(example.length - 1),
      fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        fc.constant(new Uint8Array(8).fill(255)),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
        const bytes = Uint8Array.from(example);
        for (const [offset, patch] of mutations) {
          bytes.set(patch.subarray(0, bytes.length - offset), offset);
        }
        await answers(sourceOf(bytes));
      }),
      { numRuns: 500 },
    );
  });
  it("answers or refuses its own example, cut short anywhere", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(example.length), (length) =>
        answers(sourceOf(example.subarray(0, length))),
      ),
      { numRuns: 200 },
    );
  });
};
