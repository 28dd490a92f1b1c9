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
  type CachedDisk,
  type CrashState,
  crashStates,
  diskOn,
  type Sectors,
  simulatedDisk,
  THOROUGH,
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
} from "../support/a-release.ts";
import { memorySource } from "../support/memory-source.ts";
import {
  bytesOn,
  install,
  JOURNAL_DIRECTORY,
  layoutFor,
  type NodeLayout,
  plainDisk,
  sectorsOf,
  simulatedNode,
  UKI_PATH,
} from "../support/simulated-node.ts";

const SEED = 7;
/** How many states after a power cut each way gets; and the sectors of its disk. CI has the agent's own crash test beside this one. */
const RUNS = [
  { format: "frames-1", sector: 4096, most: THOROUGH ? 40_000 : 8000 },
  { format: "index-1", sector: 4096, most: THOROUGH ? 9000 : 2000 },
  { format: "frames-1", sector: 512, most: 500 },
  { format: "delta-1", sector: 512, most: 500 },
] as const;
type Run = (typeof RUNS)[number];
/** So many states, at most, are left by the first cut; the others by a second one in the run that followed. */
const FIRST_SHARE = 0.1;

const [booted, newer] = imagePair(6, 700);
/** What the slot holds before. */
const earlier = imageFrom(
  noise(booted.root.length, 9),
  noise(10, 9),
  "33333333-3333-3333-3333-333333333333",
);
const release = await servedRelease(booted, newer);
const seeds = await indexedSeedsFrom(booted);
const sizes = { root: newer.root.length, verity: newer.verity.length, file: 36_864 };
const layoutOf = ({ sector }: Run): NodeLayout => layoutFor(sector, sizes);

/** Of which a node has but one way to go; an index needs the frames, from which it takes less. */
const manifests = {
  "frames-1": onlyBy(release, "frames-1").manifest,
  "index-1": onlyBy(release, "index-1", "frames-1").manifest,
  "delta-1": onlyBy(release, "delta-1").manifest,
} as const;

const optionsOn = (disk: CachedDisk, run: Run): StageOptions => ({
  manifest: manifests[run.format],
  sources: [memorySource(release.blobs, "mirror", 8192)],
  seeds,
  target: { slot: "b", root: "root", verity: "verity", uki: UKI_PATH },
  bootedRoothash: booted.roothash,
  journal: JOURNAL_DIRECTORY,
  ...simulatedNode(disk, layoutOf(run)),
  limits: DEFAULT_FETCH_LIMITS,
  checkpointBytes: 16_384,
  clock: linuxClock,
  random: () => 0.5,
  log: (message) => {
    throw new Error(message);
  },
});

type Readable = Pick<Sectors, "sectorSize" | "read">;

const isAt = (disk: Readable, first: number, bytes: Uint8Array): boolean =>
  Buffer.compare(bytesOn(disk, first, bytes.length), bytes) === 0;

/** Whether whoever looks for this release would find it here, by the superblocks of its file system and of its hash tree. */
const isFound = (disk: Readable, run: Run, { root, verity }: BuiltImage): boolean =>
  isAt(disk, layoutOf(run).root, verity.subarray(0, 512)) &&
  Buffer.compare(bytesOn(disk, 0, 2048).subarray(1024, 1536), root.subarray(1024, 1536)) === 0;

const isWhole = (disk: Readable, run: Run, { root, verity }: BuiltImage): boolean =>
  isAt(disk, 0, root) && isAt(disk, layoutOf(run).root, verity);

const checkState = (state: CrashState, run: Run): void => {
  for (const image of [earlier, newer]) {
    const isSafe = !isFound(state, run, image) || isWhole(state, run, image);
    if (!isSafe) assert.fail(`taken for a release after a ${state.explain()}`);
  }
};

const ukiOn = async (disk: CachedDisk, run: Run): Promise<Uint8Array> => {
  const file = await simulatedNode(disk, layoutOf(run)).files.open(UKI_PATH);
  const bytes = new Uint8Array(await file.size());
  await file.readInto(bytes, 0);
  return bytes;
};

/** Switches the node on again with what a cut left, and stages to the end. */
const stageAfter = async (state: CrashState, disk: CachedDisk, run: Run): Promise<void> => {
  try {
    await stage(optionsOn(disk, run));
  } catch (error) {
    throw new Error(`staging fails after a ${state.explain()}`, { cause: error });
  }
  const isStaged =
    isWhole(disk, run, newer) && Buffer.compare(await ukiOn(disk, run), newer.uki) === 0;
  if (!isStaged) assert.fail(`staged, and not whole, after a ${state.explain()}`);
};

describe("a power cut while a release is staged", function () {
  this.timeout("5m");

  for (const run of RUNS) {
    const { format, sector, most } = run;
    it(`leaves what is whole or what nobody takes for a release, and staging again completes it (${format}, sectors of ${sector})`, async () => {
      const base = simulatedDisk(sector, sectorsOf(layoutOf(run)));
      install(base, 0, earlier.root);
      install(base, layoutOf(run).root, earlier.verity);
      const disk = diskOn(base);
      await stage(optionsOn(disk, run));
      const begin = performance.now();
      const firsts = [...crashStates(disk, most * FIRST_SHARE, SEED)];
      let states = 0;
      for (const [number, state] of firsts.entries()) {
        checkState(state, run);
        const again = diskOn(state);
        await stageAfter(state, again, run);
        states += 1;
        // What one of them has too few of, the others make up for.
        const left = firsts.length - number;
        const share = Math.ceil((most - states - (left - 1)) / left);
        for (const second of crashStates(again, share, number)) {
          checkState(second, run);
          await stageAfter(second, plainDisk(second), run);
          states += 1;
        }
      }
      const elapsed = (performance.now() - begin) / 1000;
      process.stderr.write(
        `      ${states} states after power cuts, ${states - firsts.length} of them after two, in ${elapsed.toFixed(1)} s\n`,
      );
      assert.ok(states >= most, `${states} states`);
    });
  }
});
