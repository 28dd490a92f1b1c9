/** Single bits of a repository are flipped, wherever in the files of a release: what reaches a slot is the release. */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { describe, it } from "mocha";
import { linuxClock } from "@slipway/host";
import { simulatedDisk, type SimulatedDisk } from "@slipway/host/testing";
import {
  DEFAULT_FETCH_LIMITS,
  type FetchRequest,
  type RepositorySource,
  stage,
} from "@slipway/receiver";
import { imagePair, indexedSeedsFrom, noise, servedRelease } from "../support/a-release.ts";
import { memorySource } from "../support/memory-source.ts";
import {
  bytesOn,
  JOURNAL_DIRECTORY,
  layoutFor,
  sectorsOf,
  simulatedNode,
  UKI_PATH,
} from "../support/simulated-node.ts";

const FLIPS = 1000;

const [older, newer] = imagePair(24, 9000);
const served = await servedRelease(older, newer);
const seeds = await indexedSeedsFrom(older);
const layout = layoutFor(4096, {
  root: newer.root.length,
  verity: newer.verity.length,
  file: 131_072,
});

/** How a node can be placed: with an older release, with its index alone, with nothing. */
const WAYS = [["delta-1"], ["index-1", "frames-1"], ["frames-1"]] as const;

const manifestFor = (ways: readonly string[]) => ({
  ...served.manifest,
  transports: served.manifest.transports.filter(({ format }) => ways.includes(format)),
});

/** All bytes of the files that a node could fetch, as places. */
const placesIn = (ways: readonly string[]): readonly (readonly [path: string, size: number])[] =>
  manifestFor(ways).transports.map(({ file: { sha256, size } }) => [
    `blobs/${sha256.slice(0, 2)}/${sha256}`,
    size,
  ]);

const draw = new DataView(noise(FLIPS * 8, 77).buffer);

/** The bit of a number, spread over all files by their sizes. */
const drawFlip = (number: number, ways: readonly string[]) => {
  const places = placesIn(ways);
  let at = draw.getUint32(number * 8) % places.reduce((sum, [, size]) => sum + size, 0);
  for (const [path, size] of places) {
    if (at < size) return { path, at, bit: draw.getUint32(number * 8 + 4) % 8 };
    at -= size;
  }
  throw new RangeError("no such place");
};

/** A copy of the repository in which one bit is another. */
const flippedSource = ({ path, at, bit }: ReturnType<typeof drawFlip>) => {
  const files = new Map(served.blobs);
  const bytes = Uint8Array.from(files.get(path) ?? []);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  files.set(path, bytes);
  const source = memorySource(files, "flipped", 4096);
  const reads = ({ path: asked, range }: FetchRequest): boolean =>
    asked === path &&
    (range === undefined || (range.offset <= at && at < range.offset + range.length));
  return { source, wasRead: () => source.requests.some(reads) };
};

const stageOn = async (
  disk: SimulatedDisk,
  ways: readonly string[],
  sources: readonly RepositorySource[],
): Promise<readonly string[]> => {
  const logged: string[] = [];
  await stage({
    manifest: manifestFor(ways),
    sources,
    seeds,
    target: { slot: "b", root: "root", verity: "verity", uki: UKI_PATH },
    bootedRoothash: older.roothash,
    journal: JOURNAL_DIRECTORY,
    ...simulatedNode(disk, layout),
    limits: { ...DEFAULT_FETCH_LIMITS, backOffMs: 0 },
    clock: linuxClock,
    random: () => 0.5,
    log: (message) => void logged.push(message),
  });
  return logged;
};

const isWhole = async (disk: SimulatedDisk): Promise<boolean> => {
  const file = await simulatedNode(disk, layout).files.open(UKI_PATH);
  const uki = new Uint8Array(await file.size());
  await file.readInto(uki, 0);
  return (
    Buffer.compare(bytesOn(disk, 0, newer.root.length), newer.root) === 0 &&
    Buffer.compare(bytesOn(disk, layout.root, newer.verity.length), newer.verity) === 0 &&
    Buffer.compare(uki, newer.uki) === 0
  );
};

describe("a bit that flipped in a copy of the repository", function () {
  this.timeout("5m");

  it(`never reaches a slot, and is told with its source when it was read (${FLIPS} bits)`, async () => {
    const begin = performance.now();
    const good = memorySource(served.blobs, "good", 4096);
    let [read, refused] = [0, 0];
    for (let number = 0; number < FLIPS; number += 1) {
      const ways = WAYS[number % WAYS.length] ?? WAYS[0];
      const flip = drawFlip(number, ways);
      const { source, wasRead } = flippedSource(flip);
      const disk = simulatedDisk(4096, sectorsOf(layout));
      // A third of the nodes has no other copy to go to.
      const isAlone = number % 7 === 0;
      const staged = stageOn(disk, ways, isAlone ? [source] : [source, good]);
      const what = `bit ${flip.bit} of byte ${flip.at} of ${flip.path} (${ways.join()})`;
      if (isAlone && (await failed(staged))) {
        refused += 1;
        assert.ok(wasRead(), what);
        assert.equal(
          bytesOn(disk, 0, 4096).some((byte) => byte !== 0),
          false,
          what,
        );
        continue;
      }
      const logged = await staged;
      assert.ok(await isWhole(disk), what);
      if (!wasRead()) continue;
      read += 1;
      assert.ok(
        logged.some((message) => message.startsWith("TAMPERED: flipped gave blobs")),
        `${what} was not reported: ${logged.join("; ")}`,
      );
    }
    const seconds = ((performance.now() - begin) / 1000).toFixed(1);
    process.stderr.write(
      `      ${FLIPS} bits flipped: ${read} read, reported and fetched elsewhere, ${refused} refused where there was no other copy, ${FLIPS - read - refused} never read; ${seconds} s\n`,
    );
    assert.ok(read > FLIPS / 2 && refused > 50);
  });
});

/** Whether staging refused, by no other reason than that what it was given is not what was signed. */
const failed = async (staged: Promise<unknown>): Promise<boolean> => {
  try {
    await staged;
    return false;
  } catch (error) {
    assert.match(String(error), /with other bytes than were signed/);
    return true;
  }
};
