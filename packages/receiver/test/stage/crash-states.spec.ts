/**
 * Power cuts while a release is staged, at every place and with every order of writes that a disk may choose: what is left is
 * the earlier release, the new one, or nothing that could be taken for one; and staging again ends with the new one.
 */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
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
  noise,
  seedsFrom,
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

const STATES = 50_000;
/** Of those left by a cut in the first run; the others are left by one in the run that followed. */
const FIRST_CUTS = 1_200;
const SECOND_CUTS_EACH = 40;
const SEED = 7;

const [booted, newer] = imagePair(3, 700);
/** What the slot holds before. */
const earlier = imageFrom(
  noise(booted.root.length, 9),
  noise(10, 9),
  "33333333-3333-3333-3333-333333333333",
);
const release = await servedRelease(booted, newer);
const layout = layoutFor(newer.root.length, newer.verity.length, 8192);

const optionsOn = (disk: SimulatedDisk): StageOptions => ({
  manifest: release.manifest,
  sources: [memorySource("mirror", release.blobs, 128)],
  seeds: seedsFrom(booted),
  target: { slot: "b", root: "root", verity: "verity", uki: UKI_PATH },
  bootedRoothash: booted.roothash,
  journal: JOURNAL_DIRECTORY,
  ...simulatedNode(disk, layout),
  limits: DEFAULT_FETCH_LIMITS,
  checkpointBytes: 1024,
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
const stagedAfter = async (state: CrashState): Promise<SimulatedDisk> => {
  const disk = diskOn(state);
  try {
    await stage(optionsOn(disk));
  } catch (error) {
    throw new Error(`staging fails after a ${state.explain()}`, { cause: error });
  }
  assert.ok(isWhole(disk, newer), state.explain());
  assert.equal(Buffer.compare(await ukiOn(disk), newer.uki), 0, state.explain());
  return disk;
};

describe("a power cut while a release is staged", function () {
  this.timeout("5m");

  it("leaves what is whole or what nobody takes for a release, and staging again completes it", async () => {
    const base = simulatedDisk(SECTOR_BYTES, sectorsOf(layout));
    install(base, 0, earlier.root);
    install(base, layout.root, earlier.verity);
    const disk = diskOn(base);
    await stage(optionsOn(disk));
    const begin = performance.now();
    let states = 0;
    let firsts = 0;
    for (const state of crashStates(disk, FIRST_CUTS, SEED)) {
      checkState(state);
      const again = await stagedAfter(state);
      [states, firsts] = [states + 1, firsts + 1];
      if (firsts % 60 !== 0) continue;
      for (const second of crashStates(again, SECOND_CUTS_EACH, SEED + firsts)) {
        checkState(second);
        await stagedAfter(second);
        states += 1;
      }
    }
    const seconds = (performance.now() - begin) / 1000;
    console.error(
      `      ${states} states after power cuts, ${states - firsts} of them after two, in ${seconds.toFixed(1)} s: each complete once staged again`,
    );
    assert.ok(states >= STATES, `${states} states`);
  });
});
