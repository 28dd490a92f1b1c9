import assert from "node:assert/strict";
import { readUkiImage } from "../../src/delta/uki-image.ts";
import { readRootImage } from "../../src/delta/root-image.ts";
import { describe, it } from "mocha";
import { linkEntry, textEntry } from "../../src/initrd/entry.ts";
import { pack } from "../diff/pack-cpio.ts";
import { refuses, sourceOf } from "../inspect/bytes.ts";
import { encodeErofs } from "../inspect/encode-file-systems.ts";
import { encodeUki } from "../inspect/encode-uki.ts";

const contents = async (uki: Uint8Array): Promise<readonly (readonly [string, string])[]> => {
  const { bytes, files } = await readUkiImage(sourceOf(uki));
  return Promise.all(
    files.map(async ({ path, extents: [extent] }) => {
      const { offset, length } = extent ?? assert.fail(path);
      return [path, Buffer.from(await bytes.read(offset, length)).toString()] as const;
    }),
  );
};

describe("a UKI as a delta sees it", () => {
  it("is its sections, and the files of an initrd that is not compressed", async () => {
    const initrd = pack([textEntry("/etc/motd", "hello"), linkEntry("/init", "sbin/init")]);
    const uki = encodeUki({
      sections: [
        [".cmdline", "ro"],
        [".initrd", initrd.toString()],
        [".profile", "ID=a"],
        [".cmdline", "rw"],
      ],
    });
    assert.deepEqual(await contents(uki), [
      [".cmdline", "ro"],
      [".initrd/etc/motd", "hello"],
      [".initrd/init", "sbin/init"],
      [".profile", "ID=a"],
      [".cmdline/1", "rw"],
    ]);
  });

  it("has an initrd that is compressed as one", async () => {
    const uki = encodeUki({ sections: [[".initrd", "zstd, say"]] });
    assert.deepEqual(await contents(uki), [[".initrd", "zstd, say"]]);
  });

  it("must be an EFI program", async () => {
    await refuses("NOT_THIS_FORMAT", "PE", () => readUkiImage(sourceOf(new Uint8Array(512))));
  });
});

describe("a root image as a delta sees it", () => {
  it("is its regular files", async () => {
    const image = encodeErofs({
      uuid: "0f1e2d3c-4b5a-8978-a695-b4c3d2e1f000",
      root: { etc: { hosts: undefined, "a-link": "hosts" }, bin: { true: undefined } },
    });
    const { files, blockSize } = await readRootImage(sourceOf(image));
    assert.deepEqual(
      files.map(({ path }) => path),
      ["/etc/hosts", "/bin/true"],
    );
    assert.equal(blockSize, 4096);
  });

  it("cannot lead round in circles", async () => {
    const image = encodeErofs({
      uuid: "0f1e2d3c-4b5a-8978-a695-b4c3d2e1f000",
      root: { a: {} },
    });
    // The third entry, `a`, whose name stands behind the entries, `.` and `..`, then leads to the root itself.
    const looped = Buffer.from(image);
    const entry = looped.indexOf(Buffer.from("27000200", "hex")) - 8;
    assert.ok(entry > 4096);
    looped.writeBigUInt64LE(BigInt(looped.readUInt16LE(1024 + 14)), entry);
    const { files } = await readRootImage(sourceOf(looped));
    assert.deepEqual(files, []);
  });
});
