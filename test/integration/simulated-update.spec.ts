/**
 * An update's writes to the ESP, cut at every place: a whole release is always there. The numbers say that a crash test of
 * 100 000 distinct disks, each read as firmware reads it, fits into three minutes.
 */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import { describe, it } from "mocha";
import {
  crashStates,
  diskOn,
  FatError,
  formatFat,
  type FatVolume,
  mountFat,
  readFat,
  type Sectors,
  simulatedDisk,
  type SimulatedDisk,
} from "@slipway/host/testing";
import { seedOfRun } from "../support/drawn-numbers.ts";

const STATES = 100_000;
const OLD = "/EFI/Linux/base_1.0_0a1b2c3d.efi";
const STAGED = "/EFI/Linux/base_1.1_4e5f6a7b.efi.staged";
const COUNTED = "/EFI/Linux/base_1.1_4e5f6a7b+3.efi";
const BLESSED = "/EFI/Linux/base_1.1_4e5f6a7b.efi";

const release = (text: string): Buffer => Buffer.alloc(20_000, text);
const RELEASES = [release("one "), release("two ")];

const renameSafely = (volume: FatVolume, from: string, to: string): void => {
  volume.rename(from, to);
  volume.fsync(to);
  volume.fsync("/EFI/Linux");
};

const updated = (removeOld: (volume: FatVolume) => void): SimulatedDisk => {
  const disk = simulatedDisk(512, 67_000 * 4);
  formatFat(disk, { sectorsPerCluster: 4 });
  const first = mountFat(disk);
  first.mkdir("/EFI");
  first.mkdir("/EFI/Linux");
  first.writeFile(OLD, release("one "));
  first.unmount();
  disk.flush();
  const running = diskOn(disk);
  const volume = mountFat(running);
  volume.writeFile(STAGED, release("two "));
  volume.fsync(STAGED);
  removeOld(volume);
  volume.unmount();
  return running;
};

const careful = (volume: FatVolume): void => {
  renameSafely(volume, STAGED, COUNTED);
  renameSafely(volume, COUNTED, BLESSED);
  renameSafely(volume, OLD, `${OLD}.old`);
  volume.unlink(`${OLD}.old`);
};

/** Whether a loader finds a release that is whole. */
const boots = (disk: Sectors): boolean => {
  const reader = readFat(disk);
  return reader
    .readdir("/EFI/Linux")
    .filter(({ name }) => name.endsWith(".efi"))
    .some(({ name }) => {
      try {
        const bytes = reader.readFile(`/EFI/Linux/${name}`);
        return RELEASES.some((whole) => whole.equals(bytes));
      } catch (error) {
        if (error instanceof FatError && error.code === "CHAIN_BROKEN") return false;
        throw error;
      }
    });
};

describe("an update's writes, cut at every place", function () {
  this.timeout("10m");
  const seed = seedOfRun();

  it(`always leave a whole release (SLIPWAY_SEED=${seed})`, () => {
    const disk = updated(careful);
    const begin = performance.now();
    let states = 0;
    for (const state of crashStates(disk, STATES, seed)) {
      states += 1;
      assert.ok(boots(state), state.explain());
    }
    const seconds = (performance.now() - begin) / 1000;
    console.error(
      `      ${states} distinct states in ${seconds.toFixed(1)} s: ${Math.round(states / seconds)} per second`,
    );
    assert.equal(states, STATES);
  });

  const careless: readonly (readonly [string, (volume: FatVolume) => void])[] = [
    [
      "removing the old release before the new one's name is durable",
      (volume) => {
        volume.rename(STAGED, COUNTED);
        volume.unlink(OLD);
      },
    ],
    [
      "fsync of the directory alone after the rename",
      (volume) => {
        volume.rename(STAGED, COUNTED);
        volume.fsync("/EFI/Linux");
        volume.unlink(OLD);
      },
    ],
    [
      "syncfs instead of fsync",
      (volume) => {
        volume.rename(STAGED, COUNTED);
        volume.syncfs();
        volume.unlink(OLD);
      },
    ],
    [
      "a rename of the blessed release when the old one is gone",
      (volume) => {
        renameSafely(volume, STAGED, COUNTED);
        volume.unlink(OLD);
        volume.fsync("/EFI/Linux");
        renameSafely(volume, COUNTED, BLESSED);
      },
    ],
  ];
  for (const [mistake, update] of careless) {
    it(`leave none after ${mistake}`, () => {
      const disk = updated(update);
      const broken = [...crashStates(disk, 5_000, seed)].find((state) => !boots(state));
      assert.ok(broken !== undefined, "the mistake was not found");
    });
  }
});
