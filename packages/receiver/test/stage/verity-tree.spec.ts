import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "mocha";
import {
  BLOCK_BYTES,
  encodeVeritySuperblock,
  type HashBlock,
  verityBytes,
  VerityTree,
} from "../../src/stage/verity-tree.ts";

const SALT = "5a".repeat(32);
const UUID = "22222222-2222-2222-2222-222222222222";

/** Blocks of zeros, but for their numbers from 1 in the first four bytes. */
const imageOf = (blocks: number): Uint8Array => {
  const image = Buffer.alloc(blocks * BLOCK_BYTES);
  for (let i = 0; i < blocks; i += 1) image.writeUInt32LE(i + 1, i * BLOCK_BYTES);
  return image;
};

/** What `veritysetup format` 2.7.5 wrote for these images: root hash, size of the tree, and its SHA-256. */
const REFERENCE = [
  [
    1,
    "ec619878616353011e3e4e9a50a5a7e38867bac106826bc64dfdfccfd1a0b277",
    4096,
    "4372c98ad0770a095028d5da02404ee5a99949582a1eb88c3a33754fc28120d5",
  ],
  [
    2,
    "61a3d88f9fe8fc5c2178a4ac89ce505a852f990b5892589f29235f56a035455c",
    8192,
    "bc2b8e842bad5b68b6465994207f5c114f174513977c1c7367cf729867e22dfc",
  ],
  [
    128,
    "8eee1ddc76c83583b65dacf0f71ce8aa685432c4becc941d2b9d711d64f96ab1",
    8192,
    "86c4d45975a42beef9ef89534301c9b52318268295fa3309801c6f39a47b94f6",
  ],
  [
    129,
    "f0f2c0c4b7d636c2727585ae313d909b7f857c378d5ad3d556607219662e1d8e",
    16_384,
    "5ca1164d9610c35c808b5050e79ad83baeed4f101b35fda073ce8746e54a6b0d",
  ],
  [
    16_385,
    "be1549c8f8c59e6a26f4558663853773b7674be7b847b9fbd34e0f6bd0788678",
    544_768,
    "005317467a6e526222e43c1f02428b7688504671a2a60db268e62fe7bb968549",
  ],
] as const;

describe("a hash tree made on the node", () => {
  for (const [blocks, rootHash, size, sha256] of REFERENCE) {
    it(`is what veritysetup makes of ${blocks} blocks, byte for byte`, () => {
      const image = imageOf(blocks);
      const tree = new VerityTree(SALT, image.length);
      const made: HashBlock[] = [];
      for (let at = 0; at < image.length; at += 7 * BLOCK_BYTES) {
        made.push(...tree.add(image.subarray(at, at + 7 * BLOCK_BYTES)));
      }
      const end = tree.finish();
      const device = new Uint8Array(verityBytes(image.length));
      device.set(encodeVeritySuperblock({ uuid: UUID, salt: SALT, imageBytes: image.length }));
      for (const { bytes, offset } of [...made, ...end.blocks]) device.set(bytes, offset);
      assert.equal(end.rootHash, rootHash);
      assert.equal(device.length, size);
      assert.equal(createHash("sha256").update(device).digest("hex"), sha256);
    });
  }

  it("is of an image of the announced length alone", () => {
    const tree = new VerityTree(SALT, 2 * BLOCK_BYTES);
    tree.add(new Uint8Array(BLOCK_BYTES));
    assert.throws(() => tree.finish(), /shorter/);
    tree.add(new Uint8Array(BLOCK_BYTES));
    assert.throws(() => tree.add(new Uint8Array(BLOCK_BYTES)), /longer/);
    assert.throws(() => new VerityTree(SALT, 100), /100 bytes/);
  });
});
