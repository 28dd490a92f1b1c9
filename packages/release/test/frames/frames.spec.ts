import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { brotliCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { FOOTER_BYTES } from "../../src/frames/frame-table.ts";
import { pack } from "../../src/frames/pack.ts";
import type { FrameTable, Image } from "../../src/index.ts";
import {
  framesFor,
  frameTableOf,
  makeFrames,
  readFrameTable,
  unpackFrame,
  unpackFrameInto,
} from "../../src/index.ts";
import { imageOf, noise, sourceOf } from "../delta/support.ts";
import { publish, SALT } from "../plan/support.ts";
import { codeOf, forge } from "./support.ts";

const unpackAll = (file: Uint8Array, { frames }: FrameTable): Buffer =>
  Buffer.concat(
    frames.map((frame) =>
      unpackFrame(
        frame,
        file.subarray(frame.packedOffset, frame.packedOffset + frame.packedLength),
      ),
    ),
  );

/** The same through memory that holds something else, and is used again for each frame. */
const unpackAllInto = (file: Uint8Array, { frames }: FrameTable): Buffer => {
  const room = new Uint8Array(1 + Math.max(0, ...frames.map(({ length }) => length))).fill(255);
  return Buffer.concat(
    frames.map((frame) => {
      const end = frame.packedOffset + frame.packedLength;
      return unpackFrameInto(room, frame, file.subarray(frame.packedOffset, end)).slice();
    }),
  );
};

describe("a frames file", function () {
  this.timeout(60_000);

  it("makes the image, whatever is in it", async () => {
    const content = fc.uint8Array({ maxLength: 20_000, max: 3 });
    const files = fc.dictionary(fc.constantFrom("/a", "/b", "/lib/modules/6/c.ko", "/d"), content);
    await fc.assert(
      fc.asyncProperty(files, fc.boolean(), async (contents, isOfBlocks) => {
        const image = imageOf(contents);
        const { file, index } = await publish(image, isOfBlocks ? { salt: SALT } : {});
        const table = await readFrameTable(sourceOf(file));
        assert.deepEqual(unpackAll(file, table), Buffer.from(image.whole));
        assert.deepEqual(unpackAllInto(file, table), Buffer.from(image.whole));
        const tail = file.subarray(index.tail.offset, index.tail.offset + index.tail.length);
        assert.deepEqual(frameTableOf(tail, index), table);
      }),
      { numRuns: 60 },
    );
  });

  it("is the same however many frames are compressed at a time", async () => {
    const image = imageOf({ "/a": noise(700_000, 1, 9), "/b": noise(90_000, 2, 30) });
    const made = async (jobs: number) =>
      makeFrames(image, { write: async () => {} }, { jobs, salt: SALT });
    assert.deepEqual(await made(1), await made(7));
  });

  it("has nothing for zeros, and does not blow up what cannot be compressed", async () => {
    const images = {
      zeros: imageOf({ "/zeros": new Uint8Array(4_000_000) }),
      dense: imageOf({ "/noise": noise(1_000_000, 1) }),
    };
    const zeros = await publish(images.zeros);
    assert.ok(zeros.file.length < 7000, `${zeros.file.length} bytes, most of them leaf hashes`);
    const dense = await publish(images.dense);
    assert.ok(dense.file.length < 1_000_000 * 1.005, `${dense.file.length} bytes`);
    for (const [{ file }, { whole }] of [
      [zeros, images.zeros],
      [dense, images.dense],
    ] as const) {
      const made = unpackAllInto(file, await readFrameTable(sourceOf(file)));
      assert.equal(made.compare(whole), 0);
    }
  });

  it("keeps large files apart from their neighbours, and gathers small ones and modules", async () => {
    const image = imageOf({
      "/large": noise(200_000, 1, 9),
      "/small1": noise(3000, 2, 9),
      "/small2": noise(3000, 3, 9),
      "/usr/lib/modules/6.1/a.ko": noise(100_000, 4, 9),
      "/usr/lib/modules/6.1/b.ko": noise(100_000, 5, 9),
    });
    const { file } = await publish(image);
    const table = await readFrameTable(sourceOf(file));
    const extents = new Map(image.files.map(({ path, extents: [extent] }) => [path, extent]));
    const framesOf = (path: string) =>
      framesFor(table, extents.get(path) ?? { offset: 0, length: 0 });
    assert.equal(framesOf("/large")[0]?.offset, extents.get("/large")?.offset);
    assert.equal(framesOf("/large").length, 6);
    assert.equal(framesOf("/small1")[0]?.offset, extents.get("/small1")?.offset);
    assert.deepEqual(framesOf("/small1"), framesOf("/small2"));
    assert.equal(framesOf("/usr/lib/modules/6.1/a.ko").length, 1);
    assert.deepEqual(framesOf("/usr/lib/modules/6.1/a.ko"), framesOf("/usr/lib/modules/6.1/b.ko"));
    assert.deepEqual(framesFor(table, { offset: 5, length: 0 }), []);
  });

  it("of an image without blocks is cut at bytes, a member's head with the member", async () => {
    const whole = noise(300_000, 1, 40);
    const image: Image = {
      bytes: sourceOf(whole),
      blockSize: 512,
      files: [
        { path: ".linux", extents: [{ offset: 1024, length: 150_001 }] },
        { path: "/a", extents: [{ offset: 151_200, length: 70_003 }] },
        { path: "/b", extents: [{ offset: 221_333, length: 70_001 }] },
      ],
    };
    const { file, index } = await publish(image, {});
    assert.deepEqual(unpackAll(file, await readFrameTable(sourceOf(file))), Buffer.from(whole));
    assert.equal(index.leaves.count, 0);
    const ends = index.pieces.map(({ offset, length }) => offset + length);
    assert.deepEqual(ends, [1024, 151_040, 221_203, 291_334, 300_000]);
  });

  it("is refused where an image does not suit its salt, and passes on what reading and writing throw", async () => {
    const image = { bytes: sourceOf(noise(5000, 1)), blockSize: 4096, files: [] };
    await assert.rejects(makeFrames(image, { write: async () => {} }, { salt: SALT }), RangeError);
    const gone = async (): Promise<never> => {
      throw new Error("the disk is gone");
    };
    await assert.rejects(makeFrames(image, { write: gone }), /disk is gone/);
    const unreadable = { ...image, bytes: { size: 5000, read: gone } };
    await assert.rejects(makeFrames(unreadable, { write: async () => {} }), /disk is gone/);
  });

  it("tells how far it is", async () => {
    const image = imageOf({ "/a": noise(400_000, 1, 9) });
    const seen: number[] = [];
    await makeFrames(
      image,
      { write: async () => {} },
      { onProgress: ({ done }) => seen.push(done) },
    );
    assert.equal(seen.at(-1), image.whole.length);
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    );
    assert.ok(seen.length > 3);
  });
});

describe("a frames file that is damaged or forged", function () {
  this.timeout(60_000);

  it("never gives other bytes, and never throws anything but a TransportError", async () => {
    const image = imageOf({
      "/a": noise(100_000, 1, 9),
      "/b": noise(60_000, 2),
      "/c": noise(9, 1),
    });
    const { file } = await publish(image);
    const { leavesOffset, leavesLength } = await readFrameTable(sourceOf(file));
    const codes = new Map<string, number>();
    for (let i = 0; i < 600; i++) {
      const inEnd = i % 2 === 0;
      const from = inEnd ? leavesOffset + leavesLength : 0;
      const span = inEnd ? file.length - from : leavesOffset;
      const at = from + Math.floor((i * span) / 600);
      const flipped = Uint8Array.from(file);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (i % 8));
      const code = await codeOf(async () =>
        assert.deepEqual(
          unpackAll(flipped, await readFrameTable(sourceOf(flipped))),
          Buffer.from(image.whole),
        ),
      );
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    assert.equal(codes.get("taken"), undefined);
    assert.ok((codes.get("TRANSPORT_CORRUPT") ?? 0) > 300, [...codes].join());
  });

  const readAll = async (file: Uint8Array): Promise<unknown> =>
    unpackAll(file, await readFrameTable(sourceOf(file)));

  it("is refused for frames that hold more, less or other than they say", async () => {
    const packed = brotliCompressSync(new Uint8Array(10_000));
    const bomb = brotliCompressSync(new Uint8Array(3_000_000));
    const cases: readonly (readonly [string, Buffer, string])[] = [
      ["as it should be", forge(10_000, [[10_000, packed]]), "taken"],
      ["more", forge(9999, [[9999, packed]]), "TRANSPORT_CORRUPT"],
      ["less", forge(10_001, [[10_001, packed]]), "TRANSPORT_CORRUPT"],
      ["a bomb", forge(1000, [[1000, bomb]]), "TRANSPORT_CORRUPT"],
      [
        "bytes behind",
        forge(10_000, [[10_000, Buffer.concat([packed, packed])]]),
        "TRANSPORT_CORRUPT",
      ],
      ["cut short", forge(10_000, [[10_000, packed.subarray(0, -1)]]), "TRANSPORT_CORRUPT"],
      ["no brotli", forge(10_000, [[10_000, Buffer.alloc(50, 0xff)]]), "TRANSPORT_CORRUPT"],
    ];
    for (const [name, file, code] of cases) {
      assert.equal(await codeOf(async () => readAll(file)), code, name);
    }
  });

  it("is refused for a table that cannot be", async () => {
    const packed = Buffer.alloc(100, 1);
    const good = forge(200, [
      [100, packed],
      [100, packed],
    ]);
    const footerAt = good.length - FOOTER_BYTES;
    const changed = (at: number, value: number): Buffer => {
      const copy = Buffer.from(good);
      copy.writeUInt32LE(value, footerAt + at);
      // The check covers the footer too: a forger makes it anew.
      const tablePackedLength = copy.readUInt32LE(footerAt + 36);
      const check = createHash("sha256")
        .update(copy.subarray(footerAt, footerAt + 48))
        .update(copy.subarray(Math.max(0, footerAt - tablePackedLength), footerAt))
        .digest();
      check.copy(copy, footerAt + 48, 0, 16);
      return copy;
    };
    const cases: readonly (readonly [string, Uint8Array, string])[] = [
      ["as it should be", good, "taken"],
      ["nothing", new Uint8Array(0), "TRANSPORT_NOT_THIS"],
      ["noise", noise(5000, 1), "TRANSPORT_NOT_THIS"],
      ["the end missing", good.subarray(0, -1), "TRANSPORT_NOT_THIS"],
      ["the beginning missing", good.subarray(1), "TRANSPORT_LENGTH"],
      ["bytes before it", Buffer.concat([packed, good]), "TRANSPORT_LENGTH"],
      ["a later version", changed(8, 2), "TRANSPORT_UNSUPPORTED"],
      ["odd units", changed(12, 3), "TRANSPORT_INVALID"],
      ["a larger image", changed(16, 201), "TRANSPORT_INVALID"],
      ["a smaller image", changed(16, 100), "TRANSPORT_INVALID"],
      ["a huge image", changed(20, 0xffff_ffff), "TRANSPORT_INVALID"],
      ["huge leaf hashes", changed(28, 1), "TRANSPORT_INVALID"],
      ["more leaf hashes", changed(24, 1), "TRANSPORT_LENGTH"],
      ["huge many frames", changed(32, 0xffff_ffff), "TRANSPORT_INVALID"],
      ["one frame more", changed(32, 3), "TRANSPORT_INVALID"],
      ["one frame fewer", changed(32, 1), "TRANSPORT_INVALID"],
      ["a longer packed table", changed(36, good.length), "TRANSPORT_INVALID"],
      ["a long table", changed(40, 0xffff_ffff), "TRANSPORT_INVALID"],
      ["a table one byte longer", changed(40, 13), "TRANSPORT_CORRUPT"],
      [
        "an empty frame",
        forge(100, [
          [100, packed],
          [0, Buffer.alloc(0)],
        ]),
        "TRANSPORT_INVALID",
      ],
      ["a huge frame", forge(5e6, [[5e6, pack(Buffer.alloc(9))]]), "TRANSPORT_INVALID"],
      ["a frame longer when packed", forge(99, [[99, packed]]), "TRANSPORT_INVALID"],
    ];
    for (const [name, file, code] of cases) {
      assert.equal(await codeOf(async () => readAll(file)), code, name);
    }
  });

  it("is told from the one that an index names", async () => {
    const [one, other] = [
      await publish(imageOf({ "/a": noise(9000, 1) })),
      await publish(imageOf({ "/a": noise(9000, 2) })),
    ];
    const tail = other.file.subarray(other.index.tail.offset);
    assert.equal(await codeOf(async () => frameTableOf(tail, one.index)), "TRANSPORT_CORRUPT");
    assert.equal(await codeOf(async () => frameTableOf(tail, other.index)), "taken");
  });

  it("has a table of many frames that is read in two goes", async () => {
    const parts = Array.from(
      { length: 20_000 },
      (_, i) => [200, noise(50 + (i % 100), i)] as const,
    );
    const file = forge(20_000 * 200, parts);
    const reads: number[] = [];
    const source = sourceOf(file);
    const table = await readFrameTable({
      size: source.size,
      read: async (offset, length) => {
        reads.push(length);
        return source.read(offset, length);
      },
    });
    assert.equal(table.frames.length, 20_000);
    assert.equal(reads.length, 2);
    assert.deepEqual(table.frames.at(-1)?.offset, 19_999 * 200);
  });
});
