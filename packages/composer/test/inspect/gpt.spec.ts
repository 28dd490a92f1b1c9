import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { readPartitionTable } from "../../src/inspect/gpt.ts";
import { patched, readsAnything, refuses, sourceOf, struct } from "./bytes.ts";
import { encodeGpt, withHeaderChecksum } from "./encode-gpt.ts";
import type { GivenTable } from "./encode-gpt.ts";

const aTable = (fields: Partial<GivenTable> = {}): GivenTable => ({
  sectorSize: 512,
  sectors: 200,
  diskUuid: "00112233-4455-6677-8899-aabbccddeeff",
  partitions: [
    {
      type: "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
      uuid: "11111111-2222-3333-4444-555555555555",
      label: "esp",
      firstLba: 40,
      lastLba: 49,
    },
    {
      type: "4f68bce3-e8cd-4db1-96e7-fbcaf984b709",
      uuid: "21111111-2222-3333-4444-555555555555",
      label: "slot-ä",
      firstLba: 50,
      lastLba: 50,
      attributes: (1n << 60n) | (1n << 63n),
    },
  ],
  ...fields,
});

const read = (bytes: Uint8Array) => readPartitionTable(sourceOf(bytes));

describe("partition table", () => {
  for (const sectorSize of [512, 4096] as const) {
    it(`is read with sectors of ${sectorSize} bytes`, async () => {
      assert.deepEqual(await read(encodeGpt(aTable({ sectorSize }))), {
        sectorSize,
        diskUuid: "00112233-4455-6677-8899-aabbccddeeff",
        partitions: [
          {
            number: 1,
            type: "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
            typeName: "esp",
            uuid: "11111111-2222-3333-4444-555555555555",
            label: "esp",
            offset: 40 * sectorSize,
            size: 10 * sectorSize,
            flags: [],
          },
          {
            number: 2,
            type: "4f68bce3-e8cd-4db1-96e7-fbcaf984b709",
            typeName: "root-x86-64",
            uuid: "21111111-2222-3333-4444-555555555555",
            label: "slot-ä",
            offset: 50 * sectorSize,
            size: sectorSize,
            flags: ["read-only", "no-auto"],
          },
        ],
      });
    });
  }

  it("keeps a type it has no name for", async () => {
    const [given] = aTable().partitions;
    assert.ok(given);
    const type = "01234567-89ab-cdef-0123-456789abcdef";
    const { partitions } = await read(encodeGpt(aTable({ partitions: [{ ...given, type }] })));
    assert.deepEqual([partitions[0]?.type, partitions[0]?.typeName], [type, undefined]);
  });

  it("is read from the end of the disk when its start is damaged, and says so", async () => {
    for (const offset of [512, 520, 1024]) {
      const { partitions, primaryProblem, backupProblem } = await read(
        patched(encodeGpt(aTable()), offset, Uint8Array.of(0x41)),
      );
      assert.equal(partitions.length, 2);
      assert.match(primaryProblem ?? "", /GPT: /);
      assert.equal(backupProblem, undefined);
    }
  });

  it("says when the copy at the end is damaged, gone or another", async () => {
    const disk = encodeGpt(aTable());
    const flipped = await read(patched(disk, 199 * 512 + 60, Uint8Array.of(1)));
    assert.match(flipped.backupProblem ?? "", /CRC/);
    const gone = await read(patched(disk, 199 * 512, new Uint8Array(512)));
    assert.match(gone.backupProblem ?? "", /no header/);
    const other = encodeGpt(aTable({ diskUuid: "ffffffff-4455-6677-8899-aabbccddeeff" }));
    const differs = await read(patched(disk, 100 * 512, other.subarray(100 * 512)));
    assert.match(differs.backupProblem ?? "", /differs/);
  });

  it("says when the disk was cut short", async () => {
    const { backupProblem } = await read(encodeGpt(aTable()).subarray(0, 150 * 512));
    assert.match(backupProblem ?? "", /would end at byte/);
  });

  it("is refused when there is none, or no valid copy", async () => {
    await refuses("NOT_THIS_FORMAT", "GPT", () => read(new Uint8Array(100_000)));
    await refuses("NOT_THIS_FORMAT", "GPT", () => read(new Uint8Array()));
    const disk = encodeGpt(aTable());
    const both = patched(patched(disk, 600, Uint8Array.of(1)), 199 * 512 + 88, Uint8Array.of(1));
    await refuses("OUT_OF_RANGE", "GPT", () => read(both));
  });

  it("does not believe sizes and places that cannot be, checksums or not", async () => {
    const disk = encodeGpt(aTable()).subarray(0, 198 * 512);
    const header = disk.subarray(512, 512 + 92);
    for (const [offset, value, width] of [
      [12, 91, 4],
      [24, 2, 8],
      [72, 2 ** 40, 8],
      [72, 0xffff_ffff_ffff_ffffn, 8],
      [80, 0xffff_ffff, 4],
      [84, 127, 4],
      [84, 0x8000_0000, 4],
      [40, 45, 8],
      [48, 49, 8],
    ] as const) {
      const changed = patched(header, offset, struct(width, [0, value, width]));
      await refuses("OUT_OF_RANGE", "GPT", () =>
        read(patched(disk, 512, withHeaderChecksum(changed))),
      );
    }
  });

  it("comes back as it was written", async () => {
    const uuid = fc.uuid();
    const partition = fc.record(
      {
        type: uuid.filter((one) => !/^0{8}/.test(one)),
        uuid,
        label: fc.string({ maxLength: 36 }).filter((text) => !text.includes("\0")),
        firstLba: fc.integer({ min: 34, max: 100 }),
        lastLba: fc.integer({ min: 100, max: 166 }),
      },
      { noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(uuid, fc.array(partition, { maxLength: 128 }), async (diskUuid, given) => {
        const table = await read(encodeGpt(aTable({ diskUuid, partitions: given })));
        assert.equal(table.diskUuid, diskUuid);
        assert.deepEqual(
          table.partitions.map(({ type, uuid, label, offset, size }) => ({
            type,
            uuid,
            label,
            firstLba: offset / 512,
            lastLba: (offset + size) / 512 - 1,
          })),
          given,
        );
      }),
    );
  });

  readsAnything(readPartitionTable, encodeGpt(aTable()));
});
