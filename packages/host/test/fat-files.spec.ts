/** What a power cut leaves of files on FAT, as far as the port promises something. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "mocha";
import type { Files } from "@slipway/host";
import {
  type CrashState,
  crashStates,
  diskOn,
  fatFiles,
  FatError,
  formatFat,
  mountFat,
  readFat,
  simulatedDisk,
  type SimulatedDisk,
} from "@slipway/host/testing";

const OLD = Buffer.alloc(3000, "old");
const NEW = Buffer.alloc(3000, "new");

let disk: SimulatedDisk;
let files: Files;
beforeEach(async () => {
  const empty = simulatedDisk(512, 67_000);
  formatFat(empty);
  const before = fatFiles(empty);
  await put(before, "/loader.efi", OLD);
  await put(before, "/another long name of a file.new", NEW);
  empty.flush();
  disk = diskOn(empty);
  files = fatFiles(disk);
});

const put = async (on: Files, path: string, bytes: Uint8Array): Promise<void> => {
  const file = await on.open(path);
  await file.write(bytes, 0);
  await file.sync();
};

/** The file as firmware reads it; undefined where it is not there, `broken` where its clusters are not. */
const found = (state: CrashState, path: string): Buffer | "broken" | undefined => {
  try {
    return Buffer.from(readFat(state).readFile(path));
  } catch (error) {
    if (!(error instanceof FatError)) throw error;
    return error.code === "NOT_FOUND" ? undefined : "broken";
  }
};

const states = (): readonly CrashState[] => [...crashStates(disk, 5000, 1)];

describe("a cut while a file on FAT", () => {
  it("is replaced leaves the older one or the newer one", async () => {
    await files.rename("/another long name of a file.new", "/loader.efi");
    const seen = states().map((state) => found(state, "/loader.efi"));
    assert.ok(
      seen.every((bytes) => bytes instanceof Buffer && (OLD.equals(bytes) || NEW.equals(bytes))),
    );
    assert.ok(seen.some((bytes) => bytes instanceof Buffer && OLD.equals(bytes)));
    assert.ok(seen.some((bytes) => bytes instanceof Buffer && NEW.equals(bytes)));
  });

  it("is removed leaves all of it or nothing", async () => {
    await files.remove("/loader.efi");
    const seen = states().map((state) => found(state, "/loader.efi"));
    assert.ok(
      seen.every((bytes) => bytes === undefined || (bytes instanceof Buffer && OLD.equals(bytes))),
    );
    assert.ok(seen.includes(undefined));
  });

  it("is removed by a program that does not hold it can leave a name without its clusters", () => {
    const volume = mountFat(disk, { dirsync: true });
    volume.unlink("/loader.efi");
    volume.fsync("/");
    volume.syncfs();
    assert.ok(states().some((state) => found(state, "/loader.efi") === "broken"));
  });
});
