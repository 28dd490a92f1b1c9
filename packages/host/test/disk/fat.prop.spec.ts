/** Any sequence of operations, against a plain map of files. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  crashStates,
  diskOn,
  FatError,
  type FatReader,
  type FatVolume,
  mountFat,
  readFat,
  type Sectors,
} from "@slipway/host/testing";
import { formatted, prepared, SECTOR } from "./a-volume.ts";

type Operation =
  | { readonly kind: "write" | "append"; readonly file: string; readonly size: number }
  | { readonly kind: "rename"; readonly file: string; readonly to: string }
  | { readonly kind: "unlink" | "fsync"; readonly file: string };

const file = fc.constantFrom(
  "/a.efi",
  "/base_1.0_0a1b2c3d+3.efi",
  "/sub/base_1.0_0a1b2c3d+2-1.efi",
  "/sub/a name of more than twenty-six characters.efi",
  "/sub/Mixed",
  "/sub/b",
);
const size = fc.integer({ min: 0, max: 5 * SECTOR });

const operations: fc.Arbitrary<readonly Operation[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom("write" as const, "append" as const), file, size }),
    fc.record({ kind: fc.constant("rename" as const), file, to: file }),
    fc.record({ kind: fc.constantFrom("unlink" as const, "fsync" as const), file }),
  ),
  { maxLength: 25 },
);

type Files = Map<string, Buffer>;

const apply = (operation: Operation, volume: FatVolume, files: Files, round: number): void => {
  const known = files.get(operation.file);
  switch (operation.kind) {
    case "write":
    case "append": {
      const bytes = Buffer.alloc(operation.size, `${round} `);
      if (operation.kind === "write") volume.writeFile(operation.file, bytes);
      else volume.append(operation.file, bytes);
      const before = operation.kind === "append" ? (known ?? Buffer.alloc(0)) : Buffer.alloc(0);
      files.set(operation.file, Buffer.concat([before, bytes]));
      return;
    }
    case "rename":
      if (known === undefined) return;
      volume.rename(operation.file, operation.to);
      files.delete(operation.file);
      files.set(operation.to, known);
      return;
    case "unlink":
      if (known === undefined) return;
      volume.unlink(operation.file);
      files.delete(operation.file);
      return;
    case "fsync":
      if (known !== undefined) volume.fsync(operation.file);
  }
};

const pathsIn = (reader: Pick<FatReader, "readdir">, directory = "/"): readonly string[] =>
  reader
    .readdir(directory)
    .flatMap(({ name, kind }) =>
      kind === "directory" ? pathsIn(reader, `${directory}${name}/`) : [`${directory}${name}`],
    )
    .toSorted();

const agree = (reader: Pick<FatReader, "readdir" | "readFile">, files: Files): void => {
  assert.deepEqual(pathsIn(reader), [...files.keys()].toSorted());
  for (const [path, bytes] of files) assert.ok(bytes.equals(reader.readFile(path)), path);
};

/** Where the reader says that files are, they are. */
const findable = (disk: Sectors, files: Files): void => {
  const reader = readFat(disk);
  for (const [path, bytes] of files) {
    const { size, sectors } = reader.sectorsOf(path);
    assert.equal(sectors.length, Math.ceil(size / SECTOR), path);
    const found = Buffer.concat(sectors.map((sector) => disk.read(sector)));
    assert.ok(bytes.equals(found.subarray(0, size)), path);
  }
};

/** The table's entries that are not free, per copy; and how many the hints say are. */
const used = (disk: Sectors): { first: number; second: number; hint: number; clusters: number } => {
  const view = (sector: number): DataView => {
    const bytes = disk.read(sector);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const length = view(0).getUint32(0x24, true);
  const count = (start: number): number =>
    Array.from({ length }, (_, index) => view(start + index))
      .flatMap((table) =>
        Array.from({ length: SECTOR / 4 }, (_, entry) => table.getUint32(entry * 4, true)),
      )
      .filter((entry) => entry !== 0).length - 2;
  const clusters = disk.sectors - 32 - 2 * length;
  return {
    first: count(32),
    second: count(32 + length),
    hint: clusters - view(1).getUint32(488, true),
    clusters,
  };
};

describe("FAT32 under any operations", () => {
  it("holds the files that were written, before and after it is mounted anew, and leaks no cluster", () =>
    fc.assert(
      fc.property(operations, fc.boolean(), (story, dirsync) => {
        const disk = formatted();
        const files: Files = new Map();
        const volume = mountFat(disk, { dirsync });
        volume.mkdir("/sub");
        for (const [round, operation] of story.entries()) apply(operation, volume, files, round);
        agree(volume, files);
        volume.unmount();
        agree(readFat(disk), files);
        findable(disk, files);
        agree(mountFat(disk), files);
        const { first, second, hint } = used(disk);
        const clusters = [...files.values()].map((bytes) => Math.ceil(bytes.length / SECTOR));
        const data = clusters.reduce((sum, count) => sum + count, 0);
        assert.equal(second, first);
        assert.equal(hint, first);
        // The directories keep the clusters that they grew to.
        assert.ok(first >= data + 2 && first <= data + 2 + 6, `${first} used for ${data}`);
      }),
      { numRuns: 60 },
    ));

  it("is mounted and written again after any power cut", () =>
    fc.assert(
      fc.property(operations, fc.integer(), (story, seed) => {
        const disk = prepared((volume) => volume.mkdir("/sub"));
        const volume = mountFat(disk);
        const files: Files = new Map();
        for (const [round, operation] of story.entries()) apply(operation, volume, files, round);
        for (const state of crashStates(disk, 5, seed)) {
          const again = diskOn(state);
          const next = mountFat(again);
          try {
            next.writeFile("/new.efi", Buffer.from("new"));
            next.unmount();
            assert.equal(Buffer.from(readFat(again).readFile("/new.efi")).toString(), "new");
          } catch (error) {
            // A directory whose own chain was lost is nothing to write to.
            if (!(error instanceof FatError && error.code === "CHAIN_BROKEN")) throw error;
          }
        }
      }),
      { numRuns: 30 },
    ));
});
