import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as fc from "fast-check";
import { espCommand, partitionDefinitions, slotsCommand } from "../../src/image/disk.ts";
import {
  headroom,
  MIB,
  requireFit,
  verityBytes,
  verityPartitionMib,
} from "../../src/image/geometry.ts";
import { erofsCommand, parseRootHash, writeFailure } from "../../src/image/root-image.ts";
import { bootEntryName, recoveryOsRelease } from "../../src/image/uki.ts";
import { derivedUuid } from "../../src/image/uuid.ts";

describe("geometry of slots", () => {
  it("counts the superblock and every level of the tree", () => {
    assert.equal(verityBytes(4096), 4096);
    assert.equal(verityBytes(2 * 4096), 2 * 4096);
    assert.equal(verityBytes(128 * 4096), 2 * 4096);
    assert.equal(verityBytes(129 * 4096), (1 + 2 + 1) * 4096);
  });

  it("is the contract's: these sizes are on deployed disks", () => {
    assert.equal(verityPartitionMib(2048), 17);
    assert.equal(verityPartitionMib(4096), 33);
  });

  it("has a verity partition that fits any root which fits the slot", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 256, max: 65536 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (mib, share) => {
          const blocks = Math.max(1, Math.floor((mib * MIB * share) / 4096));
          return verityBytes(blocks * 4096) <= verityPartitionMib(mib) * MIB;
        },
      ),
    );
  });

  it("refuses a root that does not fit, naming the size needed", () => {
    requireFit(256 * MIB, 256);
    assert.throws(() => requireFit(256 * MIB + 1, 256), {
      code: "SLOT_TOO_SMALL",
      message: /needs 257 MiB/,
    });
    assert.equal(headroom(512 * MIB, 2048), 0.75);
  });
});

describe("partitions", () => {
  const request = {
    architecture: "x86_64",
    slotSizeMib: 2048,
    root: "/r/root.erofs",
    verity: "/r/root.verity",
    esp: "/slipway-esp",
    seed: derivedUuid("disk", "base", "x86_64"),
    epoch: 1,
    sectorBytes: 512,
  } as const;

  it("are the contract's, in its order: ESP, slot A, slot B, each with its verity", () => {
    const text = (name: string): string => partitionDefinitions(request)[name] ?? "";
    assert.deepEqual(Object.keys(partitionDefinitions(request)), [
      "10-esp.conf",
      "20-slot-a.conf",
      "21-slot-a-verity.conf",
      "30-slot-b.conf",
      "31-slot-b-verity.conf",
    ]);
    assert.match(
      text("10-esp.conf"),
      /Type=esp\nLabel=esp\nSizeMinBytes=1024M\nSizeMaxBytes=1024M\n/,
    );
    assert.match(
      text("20-slot-a.conf"),
      /Type=root-x86-64\nLabel=slot-a\nSizeMinBytes=2048M\nSizeMaxBytes=2048M\n/,
    );
    assert.match(
      text("21-slot-a-verity.conf"),
      /Type=root-x86-64-verity\nLabel=slot-a-verity\nSizeMinBytes=17M/,
    );
    assert.match(text("20-slot-a.conf"), /CopyBlocks=\/r\/root\.erofs/);
    assert.doesNotMatch(text("30-slot-b.conf"), /CopyBlocks/);
  });

  it("have the architecture's types on aarch64", () => {
    const definitions = partitionDefinitions({ ...request, architecture: "aarch64" });
    assert.match(definitions["30-slot-b.conf"] ?? "", /Type=root-arm64\n/);
    assert.match(definitions["31-slot-b-verity.conf"] ?? "", /Type=root-arm64-verity\n/);
  });

  it("are written to a file, without mounting anything", () => {
    const commands = [slotsCommand, espCommand].map((make) => make(request, "/d", "/o/disk.raw"));
    for (const { argv, env } of commands) {
      assert.ok(argv.includes("--offline=yes"));
      assert.ok(argv.includes("--sector-size=512"));
      assert.ok(argv.includes(`--seed=${request.seed}`));
      assert.deepEqual(env, { SOURCE_DATE_EPOCH: "1" });
    }
    // What is there is never taken for an empty disk by the second run.
    assert.deepEqual(
      commands.map(({ argv }) => argv.filter((word) => word.startsWith("--empty"))),
      [["--empty=create"], ["--empty=refuse"]],
    );
  });
});

describe("names and identities", () => {
  it("put version, digest and tries into a boot entry's name", () => {
    assert.equal(
      bootEntryName("base", "1.2", "0123456789abcdef".repeat(4)),
      "base_1.2_01234567+3.efi",
    );
  });

  it("derive UUIDs of version 8 that differ when any word does", () => {
    const uuid = derivedUuid("root", "base", "x86_64");
    assert.match(uuid, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(uuid, derivedUuid("root", "base", "x86_64"));
    assert.notEqual(uuid, derivedUuid("root", "bas", "ex86_64"));
  });

  it("read the root hash, or say that there is none", () => {
    assert.equal(
      parseRootHash(`Salt:  00\nRoot hash:      \t${"a1".repeat(32)}\n`),
      "a1".repeat(32),
    );
    assert.throws(() => parseRootHash("Root hash: 12"), { code: "TOOL_OUTPUT" });
  });

  it("tell when mkfs.erofs could not write, which it never gets over by itself", () => {
    assert.equal(
      writeFailure("<E> erofs_io: failed to write: No space left on device"),
      "No space left on device",
    );
    assert.equal(writeFailure("<W> erofs: something else"), undefined);
  });

  it("format the root without inline tails and with one time for all files", () => {
    const { argv } = erofsCommand({ tree: "/t", epoch: 5, uuid: "u", label: "a".repeat(20) }, "/i");
    assert.ok(argv.includes("-E^inline_data"));
    assert.ok(argv.includes("-T5"));
    assert.ok(argv.includes(`-L${"a".repeat(15)}`));
    assert.deepEqual(argv.slice(-2), ["/i", "/t"]);
  });
});

describe("the recovery profile", () => {
  it("sorts after every release of its image in the loader's menu", () => {
    const id = /^IMAGE_ID=(.*)$/m.exec(recoveryOsRelease("base", "1.2"))?.[1] ?? "";
    // systemd-boot compares IMAGE_ID byte by byte before it looks at versions.
    assert.ok(id > "base", id);
  });
});
