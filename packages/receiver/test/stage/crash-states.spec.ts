/**
 * Power cuts while a release is staged, at every place and with every order of writes that a disk may choose: what is left is
 * the earlier release, the new one, or nothing that could be taken for one; and staging again ends with the new one.
 */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { describe, it } from "mocha";
import { linuxClock } from "@slipway/host";
import {
  type CrashState,
  crashStates,
  diskOn,
  type Sectors,
  simulatedDisk,
  type SimulatedDisk,
} from "@slipway/host/testing";
import { DEFAULT_FETCH_LIMITS, stage, type StageOptions } from "@slipway/receiver";
import {
  type BuiltImage,
  imageFrom,
  imagePair,
  indexedSeedsFrom,
  noise,
  onlyBy,
  servedRelease,
} from "../support-stage/a-release.ts";
import { memorySource } from "../support-stage/memory-source.ts";
import {
  bytesOn,
  install,
  JOURNAL_DIRECTORY,
  layoutFor,
  sectorsOf,
  SECTOR_BYTES,
  simulatedNode,
  UKI_PATH,
} from "../support-stage/simulated-node.ts";

const SEED = 7;
/** How many states after a power cut each way gets; as many are left by one cut as by a second one in the run that followed. */
const STATES = { "frames-1": 1000, "index-1": 400, "delta-1": 100 } as const;
type Format = keyof typeof STATES;
/** States of a second cut, for each first one that is followed up. */
const SECONDS = 50;

const [booted, newer] = imagePair(4, 700);
/** What the slot holds before. */
const earlier = imageFrom(
  noise(booted.root.length, 9),
  noise(10, 9),
  "33333333-3333-3333-3333-333333333333",
);
const release = await servedRelease(booted, newer);
const seeds = await indexedSeedsFrom(booted);
const layout = layoutFor(newer.root.length, newer.verity.length, 20_480);

/** Staging by one way; an index needs the frames, from which it takes less. */
const optionsOn = (disk: SimulatedDisk, format: Format): StageOptions => ({
  manifest: onlyBy(release, format, ...(format === "index-1" ? ["frames-1"] : [])).manifest,
  sources: [memorySource("mirror", release.blobs, 4096)],
  seeds,
  target: { slot: "b", root: "root", verity: "verity", uki: UKI_PATH },
  bootedRoothash: booted.roothash,
  journal: JOURNAL_DIRECTORY,
  ...simulatedNode(disk, layout),
  limits: DEFAULT_FETCH_LIMITS,
  checkpointBytes: 4096,
  clock: linuxClock,
  random: () => 0.5,
  log: (message) => {
    throw new Error(message);
  },
});

const isAt = (disk: Sectors, first: number, bytes: Uint8Array): boolean =>
  Buffer.compare(bytesOn(disk, first, bytes.length), bytes) === 0;

/** The sector by which a file system is found, and the one by which its hash tree is. */
const SUPERBLOCK_SECTOR = 2;

/** Whether whoever looks for this release would find it here. */
const isFound = (disk: Sectors, { root, verity }: BuiltImage): boolean =>
  isAt(disk, SUPERBLOCK_SECTOR, root.subarray(1024, 1536)) &&
  isAt(disk, layout.root, verity.subarray(0, SECTOR_BYTES));

const isWhole = (disk: Sectors, { root, verity }: BuiltImage): boolean =>
  isAt(disk, 0, root) && isAt(disk, layout.root, verity);

const checkState = (state: CrashState): void => {
  for (const image of [earlier, newer]) {
    assert.ok(!isFound(state, image) || isWhole(state, image), state.explain());
  }
};

const ukiOn = async (disk: SimulatedDisk): Promise<Uint8Array> => {
  const file = await simulatedNode(disk, layout).files.open(UKI_PATH);
  const bytes = new Uint8Array(await file.size());
  await file.readInto(bytes, 0);
  return bytes;
};

/** Switches the node on again; gives its disk once the release is staged. */
const stagedAfter = async (state: CrashState, format: Format): Promise<SimulatedDisk> => {
  const disk = diskOn(state);
  try {
    await stage(optionsOn(disk, format));
  } catch (error) {
    throw new Error(`staging fails after a ${state.explain()}`, { cause: error });
  }
  assert.ok(isWhole(disk, newer), state.explain());
  assert.equal(Buffer.compare(await ukiOn(disk), newer.uki), 0, state.explain());
  return disk;
};

describe("a power cut while a release is staged", function () {
  this.timeout("5m");

  for (const format of ["frames-1", "index-1", "delta-1"] as const) {
    const most = STATES[format];
    it(`leaves what is whole or what nobody takes for a release, and staging again completes it (${format})`, async () => {
      const base = simulatedDisk(SECTOR_BYTES, sectorsOf(layout));
      install(base, 0, earlier.root);
      install(base, layout.root, earlier.verity);
      const disk = diskOn(base);
      await stage(optionsOn(disk, format));
      const begin = performance.now();
      let [states, seconds] = [0, 0];
      for (const state of crashStates(disk, most, SEED)) {
        checkState(state);
        const again = await stagedAfter(state, format);
        states += 1;
        if (states === most) break;
        if (seconds * 2 > states) continue;
        for (const second of crashStates(again, Math.min(SECONDS, most - states), states)) {
          checkState(second);
          await stagedAfter(second, format);
          [states, seconds] = [states + 1, seconds + 1];
        }
        if (states === most) break;
      }
      const elapsed = (performance.now() - begin) / 1000;
      process.stderr.write(
        `      ${states} states after power cuts, ${seconds} of them after two, in ${elapsed.toFixed(1)} s\n`,
      );
      assert.equal(states, most);
    });
  }
});
