import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { ByteList } from "../../src/delta/byte-list.ts";
import type { StreamName } from "../../src/delta/format.ts";
import { encodeHeader, forStreams, KIND_UNIT, KINDS, SHAPE_UNIT } from "../../src/delta/format.ts";
import { MOST_SHAPED_BYTES, SHAPES } from "../../src/delta/shapes.ts";
import { applyDelta, DeltaError } from "../../src/index.ts";
import { noise, sourceOf } from "./support.ts";

const IMAGE_BYTES = 128 * 1024;

/** A delta between images of 128 KiB whose streams are lists of numbers, as they are. */
const forged = (streams: Partial<Record<StreamName, readonly number[]>>): Uint8Array => {
  const bytes = forStreams((name) => {
    const list = new ByteList();
    for (const number of streams[name] ?? []) list.pushNumber(number);
    return list.view();
  });
  const header = encodeHeader({
    blockSize: 4096,
    sourceSize: IMAGE_BYTES,
    targetSize: IMAGE_BYTES,
    sourceRootHash: "00".repeat(32),
    targetRootHash: "11".repeat(32),
    streams: forStreams((name) => ({
      codec: "none",
      packedLength: bytes[name].length,
      length: bytes[name].length,
    })),
  });
  return Buffer.concat([header, ...Object.values(forStreams((name) => bytes[name]))]);
};

const operation = (kind: number, value: number): number => value * KIND_UNIT + kind;

const shaped = (shape: number, length: number): number =>
  operation(KINDS.shaped, length * SHAPE_UNIT + shape);

const REST = operation(KINDS.copy, IMAGE_BYTES - 96);

const apply = async (delta: Uint8Array): Promise<Buffer> => {
  const made: Buffer[] = [];
  await applyDelta({
    source: sourceOf(noise(IMAGE_BYTES, 1)),
    delta: sourceOf(delta),
    sink: {
      write: async (bytes) => {
        made.push(Buffer.from(bytes));
      },
    },
  });
  return Buffer.concat(made);
};

describe("a delta made by hand", () => {
  it("is applied when it holds together", async () => {
    const made = await apply(
      forged({ operations: [shaped(0, 96), REST], rightGuesses: [2, 21], corrections: [2] }),
    );
    const wanted = Buffer.from(noise(IMAGE_BYTES, 1));
    wanted.writeInt32LE((wanted.readInt32LE(8) + 1) | 0, 8);
    assert.ok(made.equals(wanted));
  });

  const cases: readonly (readonly [string, Parameters<typeof forged>[0], RegExp])[] = [
    ["an operation of no kind", { operations: [operation(5, 96)] }, /kind 5/],
    ["an unknown shape", { operations: [shaped(SHAPES.length, 96)] }, /unknown shape/],
    [
      "part of a record",
      { operations: [shaped(SHAPES.indexOf("relocations"), 92)] },
      /92 bytes of the shape relocations/,
    ],
    [
      "a stretch that is too long",
      { operations: [shaped(0, MOST_SHAPED_BYTES + 4)] },
      /bytes of the shape numbers/,
    ],
    ["a stretch of nothing", { operations: [shaped(0, 0)] }, /would make 0 bytes/],
    [
      "a stretch beyond the source",
      { operations: [operation(KINDS.seek, (IMAGE_BYTES - 4) * 2), shaped(0, 96)] },
      /takes 96 bytes at/,
    ],
    [
      "a seek that leads nowhere",
      { operations: [operation(KINDS.seek, 3)] },
      /seeks -1 in a source/,
    ],
    [
      "more right guesses than there are",
      { operations: [shaped(0, 96), REST], rightGuesses: [25] },
      /counts more guesses/,
    ],
    [
      "too few of them",
      { operations: [shaped(0, 96), REST], rightGuesses: [2], corrections: [2] },
      /needs more rightGuesses/,
    ],
    [
      "no correction where one is due",
      { operations: [shaped(0, 96), REST], rightGuesses: [2] },
      /needs more corrections/,
    ],
    [
      "a correction that nothing needs",
      { operations: [shaped(0, 96), REST], rightGuesses: [24], corrections: [2] },
      /more corrections than it needs/,
    ],
  ];
  for (const [name, streams, message] of cases) {
    it(`is refused for ${name}`, async () => {
      await assert.rejects(apply(forged(streams)), (error) => {
        assert.ok(error instanceof DeltaError);
        assert.equal(error.code, "DELTA_INVALID");
        assert.match(error.message, message);
        return true;
      });
    });
  }
});
