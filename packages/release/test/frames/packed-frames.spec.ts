import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { brotliCompressSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { FOOTER_BYTES } from "../../src/frames/frame-table.ts";
import { packerMark } from "../../src/frames/packer-mark.ts";
import { packFrame, packFrameSync } from "../../src/frames/pack.ts";
import {
  type ByteSource,
  type FileFacts,
  type Image,
  makeFrames,
  type MadeFrames,
  type PackedFrames,
  readFrameTable,
  readPackedFrames,
} from "../../src/index.ts";
import { imageOf, noise, sourceOf } from "../delta/support.ts";
import { SALT } from "../plan/support.ts";
import { codeOf, forge } from "./support.ts";

interface Made extends MadeFrames {
  readonly file: Buffer;
}

const make = async (image: Image, packed?: PackedFrames): Promise<Made> => {
  const written: Uint8Array[] = [];
  const sink = { write: async (bytes: Uint8Array) => void written.push(Uint8Array.from(bytes)) };
  const made = await makeFrames(image, sink, { salt: SALT, packed });
  return { ...made, file: Buffer.concat(written) };
};

const factsOf = (file: Uint8Array): FileFacts => ({
  size: file.length,
  sha256: createHash("sha256").update(file).digest("hex"),
});

/** Believes a file to be what it is, so that what is found to be wrong is found by looking into it. */
const readAll = async (file: Uint8Array): Promise<PackedFrames> =>
  readPackedFrames(sourceOf(file), factsOf(file));

const TEXT = noise(100_000, 1, 9);
const BEFORE = imageOf({ "/a": TEXT, "/b": noise(80_000, 2, 30), "/c": noise(40_000, 3) });
const AFTER = imageOf({ "/0": noise(70_000, 4, 9), "/a": TEXT, "/c": noise(40_000, 3) });

describe("frames that are packed already", function () {
  this.timeout(60_000);

  it("make the very file that packing makes, whatever there was before", async () => {
    const content = fc
      .record({ seed: fc.nat(5), length: fc.nat(90_000) })
      .map(({ seed, length }) => noise(length, seed, seed === 0 ? 1 : 12));
    const files = fc.dictionary(fc.constantFrom("/a", "/b", "/lib/modules/6/c.ko", "/d"), content);
    // One that is there again, so that frames are reused whatever the others turn out to be.
    const stays = { "/b": noise(80_000, 2, 30) };
    let reused = 0;
    await fc.assert(
      fc.asyncProperty(files, files, async (before, after) => {
        const packed = await readAll((await make(imageOf(before))).file);
        const [anew, again] = [await make(imageOf(after)), await make(imageOf(after), packed)];
        assert.ok(anew.file.equals(again.file), "another file was made");
        assert.deepEqual({ ...again, reused: 0 }, anew);
        reused += again.reused;
      }),
      { numRuns: 20, examples: [[stays, { ...stays, "/a": noise(9000, 1, 9) }]] },
    );
    assert.ok(reused > 0, "nothing was ever there before");
  });

  it("are taken for what has moved, and for nothing else", async () => {
    const before = await make(BEFORE);
    const packed = await readAll(before.file);
    const { frames, reused } = await make(AFTER, packed);
    // What is before the files, with their names, and the two frames of the new one.
    assert.deepEqual([before.reused, frames - reused], [0, 3]);
    const all = await make(BEFORE, packed);
    assert.equal(all.reused, packed.count);
    assert.equal(await packed.find(noise(32_768, 9, 9)), undefined);
  });

  it("are copied and not made again", async () => {
    const text = Buffer.alloc(30_000, "every word counts ");
    // As small as it gets, which is smaller than frames are made.
    const best = brotliCompressSync(text);
    const packed = await readAll(forge(text.length, [[text.length, best]]));
    const image = { bytes: sourceOf(text), blockSize: 1, files: [] };
    const written: Uint8Array[] = [];
    const sink = { write: async (bytes: Uint8Array) => void written.push(bytes) };
    assert.equal((await makeFrames(image, sink, { packed })).reused, 1);
    assert.ok(best.equals(written[0] ?? new Uint8Array()), "it was packed anew");
    const { reused } = await makeFrames(image, { write: async () => {} });
    assert.equal(reused, 0);
  });

  it("are none of a file with a wrong bit, wherever that is", async () => {
    const { file } = await make(BEFORE);
    const facts = factsOf(file);
    for (let i = 0; i < 300; i++) {
      const flipped = Uint8Array.from(file);
      const at = Math.floor((i * file.length) / 300);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (i % 8));
      const code = await codeOf(() => readPackedFrames(sourceOf(flipped), facts));
      assert.notEqual(code, "taken", `the bit in byte ${at}`);
    }
    assert.equal(await codeOf(() => readPackedFrames(sourceOf(file), facts)), "taken");
  });

  it("are none of a file that is another, cut off, or none of frames", async () => {
    const { file } = await make(BEFORE);
    const other = await make(AFTER);
    const cases: readonly (readonly [string, Uint8Array, FileFacts])[] = [
      ["another file", file, { ...factsOf(other.file), size: file.length }],
      ["cut off", file.subarray(0, -9), factsOf(file)],
      ["cut off, and said to be so", file.subarray(0, -9), factsOf(file.subarray(0, -9))],
      ["nothing", new Uint8Array(), factsOf(new Uint8Array())],
      ["a pointer to it", Buffer.from("version 1\noid x\n"), factsOf(file)],
      ["noise", noise(5000, 1), factsOf(noise(5000, 1))],
    ];
    const codes = new Map<string, string>();
    for (const [name, bytes, facts] of cases)
      codes.set(name, await codeOf(() => readPackedFrames(sourceOf(bytes), facts)));
    assert.deepEqual(Object.fromEntries(codes), {
      "another file": "TRANSPORT_CORRUPT",
      "cut off": "TRANSPORT_LENGTH",
      "cut off, and said to be so": "TRANSPORT_NOT_THIS",
      nothing: "TRANSPORT_NOT_THIS",
      "a pointer to it": "TRANSPORT_LENGTH",
      noise: "TRANSPORT_NOT_THIS",
    });
  });

  it("are held against what they unpack to, not against what a file says of them", async () => {
    const packed = brotliCompressSync(new Uint8Array(10_000).fill(7));
    assert.equal((await readAll(forge(10_000, [[10_000, packed]]))).count, 1);
    for (const length of [9999, 10_001])
      assert.equal(
        await codeOf(() => readAll(forge(length, [[length, packed]]))),
        "TRANSPORT_CORRUPT",
      );
    const { find } = await readAll(forge(10_000, [[10_000, packed]]));
    assert.ok(packed.equals((await find(new Uint8Array(10_000).fill(7))) ?? new Uint8Array()));
    assert.equal(await find(new Uint8Array(10_000).fill(8)), undefined);
  });

  it("are none where another packer made them, or nobody knows which", async () => {
    const { file } = await make(BEFORE);
    assert.ok((await readAll(file)).count > 0);
    assert.equal((await readFrameTable(sourceOf(file))).packer, packerMark());
    for (const mark of [0, packerMark() ^ 1]) {
      const packed = await readAll(withMark(file, mark));
      assert.equal(packed.count, 0);
      assert.equal((await make(BEFORE, packed)).reused, 0);
    }
  });

  it("have the mark of what packs all others", async () => {
    for (const bytes of [TEXT, noise(9000, 1), new Uint8Array(0), new Uint8Array(70_000)])
      assert.ok(Buffer.from(await packFrame(bytes)).equals(packFrameSync(bytes)));
    assert.notEqual(packerMark(), 0);
  });

  it("are packed anew where the file has changed since, or cannot be read any more", async () => {
    const { file } = await make(BEFORE);
    const anew = await make(AFTER);
    const facts = factsOf(file);
    const changing = Uint8Array.from(file);
    let isGone = false;
    const vanishing: ByteSource = {
      ...sourceOf(file),
      read: async (offset, length) => {
        if (isGone) throw new Error("the disk is gone");
        return sourceOf(file).read(offset, length);
      },
    };
    const packed = [
      await readPackedFrames(sourceOf(changing), facts),
      await readPackedFrames(vanishing, facts),
    ];
    assert.ok((await make(AFTER, packed[0])).reused > 0);
    for (const [at, byte] of changing.entries()) changing[at] = byte ^ 1;
    isGone = true;
    for (const one of packed) {
      const made = await make(AFTER, one);
      assert.equal(made.reused, 0);
      assert.ok(made.file.equals(anew.file), "another file was made");
    }
  });
});

/** The same file as another packer would have signed it. */
const withMark = (file: Uint8Array, mark: number): Buffer => {
  const copy = Buffer.from(file);
  const footerAt = copy.length - FOOTER_BYTES;
  copy.writeUInt32LE(mark >>> 0, footerAt + 44);
  const check = createHash("sha256")
    .update(copy.subarray(footerAt, footerAt + 48))
    .update(copy.subarray(footerAt - copy.readUInt32LE(footerAt + 36), footerAt))
    .digest();
  check.copy(copy, footerAt + 48, 0, 16);
  return copy;
};
