import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import type { ByteSource } from "../../src/index.ts";
import { applyDelta, DeltaError, makeDelta, readDeltaHeader } from "../../src/index.ts";
import { edited, imageOf, noise, sourceOf } from "./support.ts";

const apply = async (source: Uint8Array, delta: Uint8Array): Promise<Buffer> => {
  const written: Uint8Array[] = [];
  await applyDelta({
    source: sourceOf(source),
    delta: sourceOf(delta),
    sink: {
      write: async (bytes) => {
        written.push(Uint8Array.from(bytes));
      },
    },
  });
  return Buffer.concat(written);
};

const assertMakes = async (
  source: Readonly<Record<string, Uint8Array>>,
  target: Readonly<Record<string, Uint8Array>>,
): Promise<number> => {
  const [from, to] = [imageOf(source), imageOf(target)];
  const delta = await makeDelta(from, to);
  assert.deepEqual(await apply(from.whole, delta), Buffer.from(to.whole));
  return delta.length;
};

describe("a delta", function () {
  this.timeout(60_000);

  it("makes the target of the source, whatever both hold", async () => {
    const files = fc.dictionary(
      fc.constantFrom("/a", "/b", "/usr/lib/libc.so.1", "/usr/lib/libc.so.2"),
      fc.oneof(fc.uint8Array({ maxLength: 9000, max: 3 }), fc.uint8Array({ maxLength: 3000 })),
    );
    await fc.assert(
      fc.asyncProperty(files, files, async (source, target) => {
        await assertMakes(source, target);
      }),
      { numRuns: 60 },
    );
  });

  it("is small where files changed little, were renamed or moved", async () => {
    const [tool, library, module] = [noise(90_000, 1), noise(200_000, 2), noise(300_000, 3)];
    const size = await assertMakes(
      {
        "/usr/bin/tool": tool,
        "/usr/lib/libx.so.1.2.3": library,
        "/usr/lib/modules/6.12.1+deb13-amd64/kernel/m.ko": module,
        "/usr/share/same": noise(50_000, 4),
      },
      {
        "/usr/lib/libx.so.1.2.4": edited(library, 5, 11),
        "/usr/lib/modules/6.12.2+deb13-cloud-amd64/kernel/m.ko": edited(module, 5, 12),
        "/usr/libexec/elsewhere": tool,
        "/usr/share/same": noise(50_000, 4),
      },
    );
    assert.ok(size < 2000, `${size} bytes`);
  });

  it("is no larger than the target, little apart, where nothing is alike", async () => {
    const size = await assertMakes({ "/a": noise(200_000, 1) }, { "/b": noise(300_000, 2) });
    assert.ok(size < 301_000, `${size} bytes`);
  });

  it("gives equal bytes for equal images, however many pairs are aligned at a time", async () => {
    const files = { "/a": noise(70_000, 1), "/b": noise(60_000, 2), "/c": noise(50_000, 3) };
    const [from, to] = [
      imageOf(files),
      imageOf({
        "/a": edited(files["/a"], 9, 1),
        "/b": edited(files["/b"], 9, 2),
        "/c": noise(9, 1),
      }),
    ];
    const one = await makeDelta(from, to);
    const three = await makeDelta(from, to, { jobs: 3 });
    assert.deepEqual(three, one);
  });

  it("names both images", async () => {
    const image = imageOf({ "/a": noise(5000, 1) });
    const [from, to] = [
      { ...image, rootHash: "ab".repeat(32) },
      { ...image, rootHash: "cd".repeat(32) },
    ];
    const header = await readDeltaHeader(sourceOf(await makeDelta(from, to)));
    assert.deepEqual(
      [header.sourceRootHash, header.targetRootHash, header.sourceSize, header.blockSize],
      ["ab".repeat(32), "cd".repeat(32), image.bytes.size, 4096],
    );
  });

  it("tells how far it is, in making and in applying", async () => {
    const large = noise(3e6, 2);
    const [from, to] = [imageOf({ "/a": large }), imageOf({ "/a": edited(large, 3, 1) })];
    const seen: number[] = [];
    const delta = await makeDelta(from, to, { onProgress: ({ done }) => seen.push(done) });
    assert.equal(seen.at(-1), to.whole.length);
    const made: number[] = [];
    await applyDelta({
      source: from.bytes,
      delta: sourceOf(delta),
      sink: { write: async () => {} },
      onProgress: ({ done, total }) => made.push(done / total),
    });
    assert.ok(made.length > 2 && made.at(-1) === 1);
    assert.deepEqual(made, made.toSorted());
  });
});

describe("a delta that is damaged or forged", function () {
  this.timeout(60_000);

  const from = imageOf({ "/a": noise(30_000, 1), "/b": noise(20_000, 2) });
  const to = imageOf({ "/a": edited(noise(30_000, 1), 20, 3), "/b": noise(25_000, 4, 16) });
  const made = makeDelta(from, to);

  const codeOf = async (source: ByteSource, delta: Uint8Array): Promise<string> => {
    try {
      await applyDelta({ source, delta: sourceOf(delta), sink: { write: async () => {} } });
      return "applied";
    } catch (error) {
      if (error instanceof DeltaError) return error.code;
      throw error;
    }
  };
  const withNumber = (delta: Uint8Array, at: number, value: bigint): Uint8Array => {
    const copy = Buffer.from(delta);
    copy.writeBigUInt64LE(value, at);
    return copy;
  };

  it("is refused for what is wrong with it", async () => {
    const delta = await made;
    const version = Buffer.from(delta);
    version.writeUInt32LE(3, 8);
    const codec = Buffer.from(delta);
    codec.writeUInt32LE(9, 96);
    const block = Buffer.from(delta);
    block.writeUInt32LE(4095, 12);
    const cases: readonly (readonly [string, Uint8Array, string])[] = [
      ["nothing", new Uint8Array(0), "NOT_A_DELTA"],
      ["noise", noise(500, 1), "NOT_A_DELTA"],
      ["half a header", delta.subarray(0, 100), "DELTA_LENGTH"],
      ["the end missing", delta.subarray(0, -1), "DELTA_LENGTH"],
      ["bytes behind it", Buffer.concat([delta, Buffer.alloc(1)]), "DELTA_LENGTH"],
      ["a later version", version, "DELTA_UNSUPPORTED"],
      ["an unknown codec", codec, "DELTA_UNSUPPORTED"],
      ["odd blocks", block, "DELTA_INVALID"],
      ["a huge target", withNumber(delta, 24, 2n ** 63n), "DELTA_INVALID"],
      ["a stream longer than the target", withNumber(delta, 128, 2n ** 40n), "DELTA_INVALID"],
      ["a smaller target", withNumber(delta, 24, BigInt(to.whole.length - 1)), "DELTA_INVALID"],
      ["a larger target", withNumber(delta, 24, BigInt(to.whole.length + 1)), "DELTA_INVALID"],
      ["a smaller source", withNumber(delta, 16, 4096n), "DELTA_INVALID"],
    ];
    for (const [name, bytes, code] of cases) {
      assert.equal(await codeOf(from.bytes, bytes), code, name);
    }
  });

  it("is refused for a source that is too small", async () => {
    assert.equal(await codeOf(sourceOf(new Uint8Array(4096)), await made), "DELTA_MISMATCH");
  });

  it("never makes the target, and never throws anything but a DeltaError", async () => {
    const delta = await made;
    const want = createHash("sha256").update(to.whole).digest("hex");
    const codes = new Set<string>();
    // Root hashes are for the receiver to compare, and the block size for nobody here.
    const offsets = [
      8,
      ...Array.from({ length: 400 }, (_, i) => 96 + Math.floor((i * (delta.length - 96)) / 400)),
    ];
    for (const at of offsets) {
      const flipped = Uint8Array.from(delta);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      const hash = createHash("sha256");
      try {
        await applyDelta({
          source: from.bytes,
          delta: sourceOf(flipped),
          sink: {
            write: async (bytes) => {
              assert.ok(bytes.length > 0);
              hash.update(bytes);
            },
          },
        });
        // Some flips change only what is inserted: the root hash finds those.
        assert.notEqual(hash.digest("hex"), want, `byte ${at}`);
        codes.add("other bytes");
      } catch (error) {
        if (!(error instanceof DeltaError)) throw error;
        codes.add(error.code);
      }
    }
    assert.ok(codes.has("DELTA_CORRUPT") && codes.has("DELTA_INVALID"), [...codes].join());
  });

  it("passes on what reading the source or writing the target throws", async () => {
    const delta = sourceOf(await made);
    const failing = async (): Promise<never> => {
      throw new Error("the disk is gone");
    };
    const sink = { write: async () => {} };
    const broken = { size: from.whole.length, read: failing };
    await assert.rejects(applyDelta({ source: broken, delta, sink }), /disk is gone/);
    const full = { write: failing };
    await assert.rejects(applyDelta({ source: from.bytes, delta, sink: full }), /disk is gone/);
    const cut = {
      size: delta.size,
      read: async (offset: number, length: number) =>
        offset === 0 ? delta.read(offset, length) : failing(),
    };
    await assert.rejects(applyDelta({ source: from.bytes, delta: cut, sink }), /disk is gone/);
  });
});
