import assert from "node:assert/strict";
import { hash } from "node:crypto";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { type LeafHashes, readLeafHashes } from "../../src/diff/leaf-hashes.ts";
import type { RootTree } from "../../src/diff/root-tree.ts";
import { isSameBytes } from "../../src/diff/same-bytes.ts";
import { dataComparison } from "../../src/diff/same-data.ts";
import { type ByteSource, FormatError } from "@slipway/release";
import type { ErofsInode } from "../../src/inspect/erofs-inode.ts";
import { fromHex, patched, readsAnything, sourceOf, struct } from "../inspect/bytes.ts";

const BLOCK = 4096;
const SALT = "cd".repeat(32);
const UUID = "0f1e2d3c-4b5a-8978-a695-b4c3d2e1f000";

/** A whole hash tree as veritysetup writes it, and its root hash. */
const verityOf = (data: Uint8Array) => {
  const salted = (block: Uint8Array) =>
    Buffer.from(hash("sha256", Buffer.concat([fromHex(SALT), block])), "hex");
  const levels: Buffer[] = [];
  let below: Uint8Array = data;
  while (below.length > BLOCK) {
    const hashes = Array.from({ length: below.length / BLOCK }, (_, index) =>
      salted(below.subarray(index * BLOCK, (index + 1) * BLOCK)),
    );
    const level = Buffer.alloc(Math.ceil((hashes.length * 32) / BLOCK) * BLOCK);
    Buffer.concat(hashes).copy(level);
    levels.unshift(level);
    below = level;
  }
  const superblock = struct(
    BLOCK,
    [0, "verity"],
    [8, 1, 4],
    [12, 1, 4],
    [16, fromHex(UUID)],
    [32, "sha256"],
    [64, BLOCK, 4],
    [68, BLOCK, 4],
    [72, data.length / BLOCK, 8],
    [80, SALT.length / 2, 2],
    [88, fromHex(SALT)],
  );
  return {
    bytes: new Uint8Array(Buffer.concat([superblock, ...levels])),
    roothash: salted(below).toString("hex"),
  };
};

const dataOf = (blocks: number): Uint8Array =>
  new Uint8Array(
    Buffer.concat(Array.from({ length: blocks }, (_, index) => struct(BLOCK, [0, index, 4]))),
  );

describe("hashes of a root's blocks", () => {
  // More than one block of hashes, and more than one level.
  const data = dataOf(300);
  const { bytes, roothash } = verityOf(data);

  it("are those of the tree's lowest level", async () => {
    const leaves = await readLeafHashes(sourceOf(bytes), roothash);
    assert.equal(leaves?.bytes.length, 300 * 32);
    const last = Buffer.concat([fromHex(SALT), data.subarray(299 * BLOCK)]);
    assert.equal(
      Buffer.from(leaves.bytes.subarray(299 * 32)).toString("hex"),
      hash("sha256", last),
    );
  });

  it("are not believed when the tree is another root's, or does not hash up to it", async () => {
    assert.equal(await readLeafHashes(sourceOf(bytes), "00".repeat(32)), undefined);
    for (const offset of [2 * BLOCK + 5, bytes.length - BLOCK + 3]) {
      const forged = patched(bytes, offset, Uint8Array.of((bytes[offset] ?? 0) ^ 1));
      assert.equal(await readLeafHashes(sourceOf(forged), roothash), undefined);
    }
    assert.equal(
      await readLeafHashes(sourceOf(bytes.subarray(0, bytes.length - 1)), roothash),
      undefined,
    );
  });

  readsAnything((source) => readLeafHashes(source, roothash), bytes.subarray(0, 2 * BLOCK));
});

describe("comparison of two runs of bytes", () => {
  it("says what comparing them whole says, however they are cut", async () => {
    const cut = (bytes: Uint8Array, places: readonly number[]) => {
      const at = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].toSorted(
        (a, b) => a - b,
      );
      return at.slice(1).map((end, index) => {
        const offset = at[index] ?? 0;
        return { offset, length: end - offset };
      });
    };
    const places = fc.array(fc.nat(300_000), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(300_000),
        fc.option(fc.nat(300_000)),
        places,
        places,
        async (length, flip, first, second) => {
          const a = new Uint8Array(length).fill(7);
          const b = Uint8Array.from(a);
          const differs = flip !== null && flip < length;
          if (differs) b[flip] = 8;
          const same = await isSameBytes(sourceOf(a), cut(a, first), sourceOf(b), cut(b, second));
          assert.equal(same, !differs);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("comparison of the data of files", () => {
  const unread: ByteSource = {
    size: 10 * BLOCK,
    read: async () => Promise.reject(new Error("was not to be read")),
  };
  const inode = (block: number, size: number) => ({ block, size }) as unknown as ErofsInode;
  const tree = {
    extents: ({ block, size }: ErofsInode) => [{ offset: block * BLOCK, length: size }],
  } as unknown as RootTree;
  const leavesOf = (kind: string, blocks: readonly number[]): LeafHashes => ({
    kind,
    blockSize: BLOCK,
    bytes: Uint8Array.from(blocks.flatMap((block) => Array<number>(32).fill(block))),
  });
  const side = (image: ByteSource, leaves?: LeafHashes) => ({ image, tree, leaves });

  it("needs no byte of files whose blocks have the same hashes, wherever they lie", async () => {
    const isSame = dataComparison(
      side(unread, leavesOf("k", [1, 2, 3, 9])),
      side(unread, leavesOf("k", [9, 9, 1, 2, 3])),
    );
    assert.equal(await isSame(inode(0, 2 * BLOCK + 5), inode(2, 2 * BLOCK + 5)), true);
    await assert.rejects(isSame(inode(0, BLOCK), inode(0, BLOCK)), /was not to be read/);
  });

  it("reads the bytes where hashes differ, are of other trees, or do not reach", async () => {
    const image = sourceOf(dataOf(4));
    const same = sourceOf(patched(dataOf(4), BLOCK + 100, Uint8Array.of(1)));
    for (const leaves of [
      [leavesOf("k", [1, 2, 3, 4]), leavesOf("k", [5, 6, 7, 8])],
      [leavesOf("k", [1, 2, 3, 4]), leavesOf("other", [1, 2, 3, 4])],
      [leavesOf("k", [1]), leavesOf("k", [1])],
      [undefined, leavesOf("k", [1, 2, 3, 4])],
    ]) {
      const isSame = dataComparison(side(image, leaves[0]), side(same, leaves[1]));
      // The byte behind the end of the file may be what it likes.
      assert.equal(await isSame(inode(1, 100), inode(1, 100)), true);
      assert.equal(await isSame(inode(1, 101), inode(1, 101)), false);
    }
  });

  it("stops when files claim to be more than the image can hold", async () => {
    const image = sourceOf(dataOf(2));
    const isSame = dataComparison(side(image), side(image));
    const read = async () => {
      for (let times = 0; times < 100; times++) await isSame(inode(0, BLOCK), inode(0, BLOCK));
    };
    await assert.rejects(read, FormatError);
  });
});
