import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import { encodeIndex } from "../../src/block-index/image-index.ts";
import {
  decodeIndex,
  leafLevel,
  leafRequests,
  noLeaves,
  takeLeaves,
  TransportError,
} from "../../src/index.ts";
import { imageOf, noise } from "../delta/support.ts";
import { leavesOf, publish, SALT } from "../plan/support.ts";

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return "taken";
  } catch (error) {
    if (error instanceof TransportError) return error.code;
    throw error;
  }
};

const large = imageOf({ "/a": noise(900_000, 1, 9), "/b": noise(4096, 2), "/c": noise(3e6, 3, 9) });

describe("an index", function () {
  this.timeout(60_000);

  it("says of each piece what is in it", async () => {
    const { index } = await publish(large);
    const sizes = index.pieces.map(({ length }) => length);
    assert.deepEqual(sizes, [8192, 901_120, 4096, 3_002_368]);
    for (const { offset, length, hash } of index.pieces) {
      const whole = large.whole.subarray(offset, offset + length);
      const digest = createHash("sha256").update(whole).digest("hex");
      assert.equal(hash.toString(16).padStart(12, "0"), digest.slice(0, 12));
    }
  });

  it("has the leaf hashes of what is longer than a block, as the hash tree has them", async () => {
    const { index, file } = await publish(large);
    const numbers = index.pieces.map((_, i) => i);
    const leaves = noLeaves(index);
    assert.ok(leaves.every(Number.isNaN));
    for (const request of leafRequests(index, numbers)) {
      takeLeaves(
        index,
        leaves,
        request,
        file.subarray(request.offset, request.offset + request.length),
      );
    }
    const tree = leavesOf(large.whole);
    for (const { offset, length, firstLeaf } of index.pieces) {
      assert.equal(firstLeaf === undefined, length === 4096);
      if (firstLeaf === undefined) continue;
      for (let i = 0; i < length / 4096; i++) {
        const inTree = Buffer.from(await tree.read((offset / 4096 + i) * 32, 32));
        assert.equal(leaves[firstLeaf + i], inTree.readUIntBE(0, 6));
      }
    }
  });

  it("asks for leaf hashes of some pieces in few ranges", async () => {
    const { index } = await publish(large);
    const [all, last, none] = [
      leafRequests(index, [1, 3]),
      leafRequests(index, [3]),
      leafRequests(index, [2]),
    ];
    assert.deepEqual([all.length, last.length, none.length], [1, 1, 0]);
    assert.equal(all[0]?.length, index.leaves.count * 6);
    assert.ok((last[0]?.offset ?? 0) > index.leaves.offset);
    assert.equal((last[0]?.offset ?? 0) + (last[0]?.length ?? 0), index.tail.offset);
  });

  it("is small", async () => {
    const names = Array.from({ length: 1000 }, (_, i) => [`/f${i}`, noise(5000, i)] as const);
    const { indexFile } = await publish(imageOf(Object.fromEntries(names)));
    assert.ok(indexFile.length < 1000 * 6.3 + 400, `${indexFile.length} bytes for 1000 files`);
  });

  it("comes back from its bytes as it was", async () => {
    const { index, indexFile } = await publish(large);
    assert.deepEqual(encodeIndex(index), Buffer.from(indexFile));
    assert.equal(index.leaves.salt, SALT);
  });

  it("refuses leaf hashes that are not its own", async () => {
    const { index, file } = await publish(large);
    const [request] = leafRequests(index, [1, 3]);
    assert.ok(request !== undefined);
    const answer = file.subarray(request.offset, request.offset + request.length);
    const take = (bytes: Uint8Array): string =>
      codeOf(() => takeLeaves(index, noLeaves(index), request, bytes));
    assert.equal(take(answer), "taken");
    assert.equal(take(answer.subarray(1)), "TRANSPORT_LENGTH");
    for (let at = 0; at < answer.length; at += 397) {
      const flipped = Uint8Array.from(answer);
      flipped[at] = (flipped[at] ?? 0) ^ 4;
      assert.equal(take(flipped), "TRANSPORT_CORRUPT", `byte ${at}`);
    }
  });
});

describe("an index that is damaged or forged", function () {
  this.timeout(60_000);

  it("is refused for what is wrong with it", async () => {
    const { indexFile } = await publish(large);
    const changed = (at: number, value: number): Buffer => {
      const copy = Buffer.from(indexFile);
      copy.writeUInt32LE(value, at);
      return copy;
    };
    const cases: readonly (readonly [string, Uint8Array, string])[] = [
      ["nothing", new Uint8Array(0), "TRANSPORT_NOT_THIS"],
      ["noise", noise(5000, 1), "TRANSPORT_NOT_THIS"],
      ["half a header", indexFile.subarray(0, 100), "TRANSPORT_NOT_THIS"],
      ["a later version", changed(8, 2), "TRANSPORT_UNSUPPORTED"],
      ["odd blocks", changed(12, 4095), "TRANSPORT_INVALID"],
      ["no blocks", changed(12, 0), "TRANSPORT_INVALID"],
      ["a larger image", changed(16, large.whole.length + 4096), "TRANSPORT_INVALID"],
      ["a smaller image", changed(16, large.whole.length - 4096), "TRANSPORT_INVALID"],
      ["half a block", changed(16, large.whole.length - 2048), "TRANSPORT_INVALID"],
      ["a huge image", changed(20, 0xffff_ffff), "TRANSPORT_INVALID"],
      ["a smaller frames file", changed(24, 100), "TRANSPORT_INVALID"],
      ["leaf hashes elsewhere", changed(104, 0), "TRANSPORT_INVALID"],
      ["more leaf hashes", changed(112, 0xffff_ffff), "TRANSPORT_INVALID"],
      ["no leaf hashes", changed(112, 0), "TRANSPORT_INVALID"],
      ["huge many pieces", changed(148, 0xffff_ffff), "TRANSPORT_INVALID"],
      ["one piece more", changed(148, 5), "TRANSPORT_INVALID"],
      ["one piece fewer", changed(148, 3), "TRANSPORT_INVALID"],
      ["a longer body", changed(152, 0xffff_ffff), "TRANSPORT_INVALID"],
      ["the end missing", indexFile.subarray(0, -1), "TRANSPORT_CORRUPT"],
      ["bytes behind it", Buffer.concat([indexFile, Buffer.alloc(1)]), "TRANSPORT_CORRUPT"],
    ];
    for (const [name, bytes, code] of cases)
      assert.equal(
        codeOf(() => decodeIndex(bytes)),
        code,
        name,
      );
  });

  it("never throws anything but a TransportError", async () => {
    const { indexFile } = await publish(large);
    const codes = new Set<string>();
    for (let at = 0; at < indexFile.length; at++) {
      const flipped = Uint8Array.from(indexFile);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      // What is left is digests and hashes: that they are others, only the signed digest of the index says.
      codes.add(codeOf(() => decodeIndex(flipped)));
    }
    assert.ok(codes.has("TRANSPORT_INVALID") && codes.has("TRANSPORT_CORRUPT"), [...codes].join());
  });
});

describe("the leaf level of a hash tree", () => {
  it("is behind the superblock and all levels above it", () => {
    assert.deepEqual(leafLevel(1), { offset: 4096, length: 32 });
    assert.deepEqual(leafLevel(128), { offset: 4096, length: 4096 });
    assert.deepEqual(leafLevel(129), { offset: 8192, length: 129 * 32 });
    assert.deepEqual(leafLevel(128 * 128 + 1), { offset: 4096 * 4, length: (128 * 128 + 1) * 32 });
    assert.deepEqual(leafLevel(129, 0), { offset: 4096, length: 129 * 32 });
  });
});
