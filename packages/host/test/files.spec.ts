import assert from "node:assert/strict";
import { mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { type Files, HostError, linuxFiles, type OpenFile } from "@slipway/host";
import {
  crashStates,
  diskOn,
  fatFiles,
  formatFat,
  pageCacheOn,
  simulatedDisk,
  simulatedFiles,
} from "@slipway/host/testing";

const PART = { name: "var", first: 10, sectors: 400, files: 4 };
const bytesOf = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "slipway-files-"));
});
afterEach(() => rm(directory, { recursive: true }));

const onSimulatedDisk = (): Files => {
  const disk = simulatedDisk(512, 1000);
  return simulatedFiles(disk, pageCacheOn(disk), PART);
};

const onFat = (): Files => {
  const disk = simulatedDisk(512, 67_000);
  formatFat(disk);
  return fatFiles(disk);
};

const contentOf = async (file: OpenFile): Promise<readonly number[]> => {
  const bytes = new Uint8Array(await file.size());
  await file.readInto(bytes, 0);
  return [...bytes];
};

for (const [name, make] of [
  ["files of this machine", () => linuxFiles],
  ["files on a simulated disk", onSimulatedDisk],
  ["files on a simulated FAT", onFat],
] as const) {
  describe(name, () => {
    it("are created empty, with the directories above them", async () => {
      const files = make();
      const file = await files.open(path.join(directory, "a/b/journal"));
      assert.equal(await file.size(), 0);
      await file.sync();
      await file.close();
      assert.deepEqual(await files.list(path.join(directory, "a/b")), ["journal"]);
    });

    it("grow, are written over, and are cut", async () => {
      const file = await make().open(path.join(directory, "journal"));
      await file.write(bytesOf(3, 1), 0);
      await file.write(bytesOf(3, 2), 3);
      await file.write(bytesOf(2, 3), 1);
      assert.deepEqual(await contentOf(file), [1, 3, 3, 2, 2, 2]);
      await file.truncate(4);
      assert.deepEqual(await contentOf(file), [1, 3, 3, 2]);
      await file.truncate(9);
      await file.close();
    });

    it("have what was written when they are opened again, and on the disk once synced", async () => {
      const files = make();
      const file = await files.open(path.join(directory, "journal"));
      await file.write(bytesOf(10_000, 5), 0);
      await file.sync();
      await file.close();
      const again = await files.open(path.join(directory, "journal"));
      const read = bytesOf(9000, 0);
      await again.readBack(read, 1000);
      assert.deepEqual(read, bytesOf(9000, 5));
      await again.close();
    });

    it("end where they end", async () => {
      const file = await make().open(path.join(directory, "journal"));
      await file.write(bytesOf(3, 1), 0);
      await assert.rejects(file.readInto(bytesOf(4, 0), 0), { code: "FILE_FAILED" });
      await file.close();
    });

    it("have another name once renamed, over a file that had it too", async () => {
      const files = make();
      const at = (name: string): string => path.join(directory, name);
      for (const [name, value] of [
        ["one", 1],
        ["two", 2],
      ] as const) {
        const file = await files.open(at(name));
        await file.write(bytesOf(700, value), 0);
        await file.sync();
        await file.close();
      }
      await files.rename(at("one"), at("three"));
      assert.deepEqual(await files.list(directory), ["three", "two"]);
      await files.rename(at("three"), at("two"));
      assert.deepEqual(await files.list(directory), ["two"]);
      const file = await files.open(at("two"));
      assert.deepEqual(await contentOf(file), [...bytesOf(700, 1)]);
      await file.close();
      await assert.rejects(files.rename(at("three"), at("four")), { code: "FILE_FAILED" });
    });

    it("leave less room the more they are", async () => {
      const files = make();
      const before = await files.room(directory);
      const file = await files.open(path.join(directory, "journal"));
      await file.write(bytesOf(10_000, 1), 0);
      await file.sync();
      await file.close();
      assert.ok(before >= 10_000);
      assert.ok((await files.room(directory)) <= before);
    });

    it("are gone once removed, however often", async () => {
      const files = make();
      const name = path.join(directory, "journal");
      await (await files.open(name)).close();
      await files.remove(name);
      await files.remove(name);
      assert.deepEqual(await files.list(directory), []);
      assert.deepEqual(await files.list(path.join(directory, "nowhere")), []);
    });
  });
}

describe("files of this machine that hold what a node keeps", () => {
  it("are their owner's alone", async () => {
    const name = path.join(directory, "own/journal");
    await (await linuxFiles.open(name)).close();
    assert.equal((await stat(name)).mode & 0o777, 0o600);
    assert.equal((await stat(path.dirname(name))).mode & 0o777, 0o700);
  });

  it("are not reached through a symbolic link", async () => {
    await writeFile(path.join(directory, "else"), "mine");
    await symlink("else", path.join(directory, "journal"));
    await assert.rejects(
      linuxFiles.open(path.join(directory, "journal")),
      (error: unknown) => error instanceof HostError && error.code === "FILE_FAILED",
    );
  });
});

describe("files on a simulated disk after a power cut", () => {
  it("have what was synced, and anything or nothing of what was not", async () => {
    const disk = simulatedDisk(512, 1000);
    const files = simulatedFiles(disk, pageCacheOn(disk), PART);
    const file = await files.open("/var/journal");
    await file.write(bytesOf(100, 1), 0);
    await file.sync();
    const before = disk.events;
    await file.write(bytesOf(900, 2), 100);
    const sizes = new Set<number>();
    for (const state of crashStates(disk, 1000, 1, before)) {
      const cut = diskOn(state);
      const found = await simulatedFiles(cut, pageCacheOn(cut), PART).open("/var/journal");
      const content = await contentOf(found);
      assert.deepEqual(content.slice(0, 100), [...bytesOf(100, 1)], state.explain());
      sizes.add(content.length);
    }
    assert.deepEqual(
      [...sizes].toSorted((a, b) => a - b),
      [100, 1000],
    );
  });

  it("say when there is no room", async () => {
    const file = await onSimulatedDisk().open("/var/journal");
    await assert.rejects(file.write(bytesOf(200_000, 1), 0), { code: "FILE_FAILED" });
  });
});
