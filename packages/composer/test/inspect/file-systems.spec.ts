import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { rawCrc32c } from "../../src/inspect/crc32c.ts";
import { listErofsDirectory } from "../../src/inspect/erofs-directory.ts";
import { readErofs } from "../../src/inspect/erofs.ts";
import { readVerity } from "@slipway/release";
import { patched, readsAnything, refuses, sourceOf, struct } from "./bytes.ts";
import { encodeErofs, encodeVerity, verityRootHash } from "./encode-file-systems.ts";
import type { GivenDirectory, GivenErofs } from "./encode-file-systems.ts";

const UUID = "0f1e2d3c-4b5a-8978-a695-b4c3d2e1f000";

describe("CRC-32C", () => {
  it("has the check value of its definition (RFC 3720, B.4)", () => {
    const check = ~rawCrc32c(0xffffffff, new Uint8Array(Buffer.from("123456789"))) >>> 0;
    assert.equal(check.toString(16), "e3069283");
  });
});

describe("verity superblock", () => {
  const given = { uuid: UUID, salt: "ab".repeat(32), topBlock: Uint8Array.of(1, 2, 3) };
  const read = (bytes: Uint8Array) => readVerity(sourceOf(bytes));

  it("describes the tree, and its topmost block gives the root hash", async () => {
    assert.deepEqual(await read(encodeVerity(given)), {
      uuid: UUID,
      algorithm: "sha256",
      salt: "ab".repeat(32),
      dataBlockSize: 4096,
      hashBlockSize: 4096,
      dataBlocks: 100,
      rootHash: verityRootHash(given),
    });
  });

  it("gives another root hash for any other bit", async () => {
    const other = { ...given, topBlock: Uint8Array.of(1, 2, 2) };
    assert.notEqual((await read(encodeVerity(other))).rootHash, verityRootHash(given));
  });

  it("gives none for an algorithm it does not compute, or without a tree", async () => {
    assert.equal((await read(encodeVerity({ ...given, algorithm: "sha512" }))).rootHash, undefined);
    assert.equal((await read(encodeVerity({ ...given, dataBlocks: 1 }))).rootHash, undefined);
  });

  it("is refused when it is something else, or says what cannot be", async () => {
    const bytes = encodeVerity(given);
    const change =
      (offset: number, value: number, width: 2 | 4 = 4) =>
      () =>
        read(patched(bytes, offset, struct(width, [0, value, width])));
    await refuses("NOT_THIS_FORMAT", "dm-verity", change(0, 0));
    await refuses("UNSUPPORTED", "dm-verity", change(8, 2));
    await refuses("UNSUPPORTED", "dm-verity", change(12, 0));
    await refuses("OUT_OF_RANGE", "dm-verity", change(64, 3000));
    await refuses("OUT_OF_RANGE", "dm-verity", change(68, 0x8000_0000));
    await refuses("OUT_OF_RANGE", "dm-verity", change(80, 257, 2));
    await refuses("TRUNCATED", "dm-verity", () => read(bytes.subarray(0, 8191)));
    await refuses("TRUNCATED", "dm-verity", () => read(bytes.subarray(0, 511)));
  });

  readsAnything(readVerity, encodeVerity(given));
});

describe("EROFS", () => {
  const many: GivenDirectory = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`unit-${String(index).padStart(3, "0")}`, "x"]),
  );
  const root: GivenDirectory = {
    etc: { systemd: { system: { "a.wants": { "b.service": "/x", "c.service": undefined } } } },
    many,
    ü: "link",
  };
  const image = (fields: Partial<GivenErofs> = {}) => encodeErofs({ uuid: UUID, root, ...fields });
  const list = async (bytes: Uint8Array, path: string) => {
    const source = sourceOf(bytes);
    return listErofsDirectory(source, await readErofs(source), path);
  };

  it("tells what its superblock says", async () => {
    const superblock = await readErofs(
      sourceOf(image({ buildTime: 1_700_000_000, incompat: 0x204 })),
    );
    assert.equal(superblock.uuid, UUID);
    assert.equal(superblock.label, "label");
    assert.equal(superblock.blockSize, 4096);
    assert.equal(superblock.buildTime, 1_700_000_000);
    assert.deepEqual(superblock.features, [
      "superblock-checksum",
      "chunked-files",
      "incompat-0x200",
    ]);
  });

  for (const layout of ["plain", "inline"] as const) {
    for (const extendedInodes of [false, true]) {
      it(`lists directories: ${layout}, ${extendedInodes ? "extended" : "compact"} inodes`, async () => {
        const bytes = image({ layout, extendedInodes });
        const names = async (path: string) =>
          (await list(bytes, path))?.map(({ name, type }) => `${name} ${type}`);
        assert.deepEqual(await names("/"), ["etc directory", "many directory", "ü link"]);
        assert.deepEqual(await names("/etc/systemd/system/a.wants"), [
          "b.service link",
          "c.service file",
        ]);
        assert.deepEqual(
          (await list(bytes, "/many/"))?.map(({ name }) => name),
          Object.keys(many),
        );
      });
    }
  }

  it("knows no directory behind a link, a file or a name that is not there", async () => {
    const bytes = image();
    for (const path of ["/ü", "/no", "/etc/systemd/system/a.wants/c.service", "/etc/no/system"]) {
      assert.equal(await list(bytes, path), undefined);
    }
  });

  it("is refused when it is something else, cut short or changed", async () => {
    const bytes = image();
    const read = (changed: Uint8Array) => () => readErofs(sourceOf(changed));
    await refuses("NOT_THIS_FORMAT", "EROFS", read(patched(bytes, 1024, struct(4))));
    await refuses("CHECKSUM_MISMATCH", "EROFS", read(patched(bytes, 1024 + 64, struct(4))));
    await refuses("OUT_OF_RANGE", "EROFS", read(patched(bytes, 1024 + 12, Uint8Array.of(30))));
    await refuses("TRUNCATED", "EROFS", read(bytes.subarray(0, bytes.length - 1)));
    await refuses("TRUNCATED", "EROFS", read(bytes.subarray(0, 1100)));
  });

  readsAnything(
    async (source) => {
      const superblock = await readErofs(source);
      await listErofsDirectory(source, superblock, "/etc/systemd/system/a.wants");
      await listErofsDirectory(source, superblock, "/many");
    },
    withoutChecksum(
      encodeErofs({
        uuid: UUID,
        root: { etc: { systemd: { system: { "a.wants": {} } } }, many: {} },
      }),
    ),
  );
});

/** An image whose superblock has no checksum, so that mutations reach what lies behind it. */
function withoutChecksum(bytes: Uint8Array): Uint8Array {
  return patched(bytes, 1024 + 8, struct(4));
}
