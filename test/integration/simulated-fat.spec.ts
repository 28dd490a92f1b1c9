/**
 * The simulated disk's FAT32 against the tools that everyone else uses: of disks that lost power in the middle of an update,
 * mtools and fsck.fat see the files that our reader sees, with the same bytes.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import {
  crashStates,
  diskOn,
  FatError,
  type FatReader,
  imageSectors,
  mountFat,
  readFat,
} from "@slipway/host/testing";
import { seedOfRun } from "../support/drawn-numbers.ts";
import { playFatStory } from "../support/fat-story.ts";
import {
  checkWithFsck,
  listWithMtools,
  makeWithTools,
  readWithMtools,
  saveImage,
} from "../support/fat-tools.ts";
import { scratchDirectory } from "../support/release.ts";
import { requireTools } from "../support/require-tools.ts";

const STATES = 50;

const STORIES = [
  { title: "sectors of 512", sectorSize: 512, sectorsPerCluster: 1, dirsync: false },
  { title: "dirsync", sectorSize: 512, sectorsPerCluster: 1, dirsync: true },
  { title: "clusters of four sectors", sectorSize: 512, sectorsPerCluster: 4, dirsync: false },
  { title: "sectors of 4096", sectorSize: 4096, sectorsPerCluster: 1, dirsync: false },
] as const;

/** A file as our reader sees it; no bytes when its clusters are not all there. */
interface Seen {
  readonly path: string;
  readonly size: number;
  readonly bytes: Uint8Array | undefined;
}

const walk = (reader: FatReader, directory: string): readonly (Seen | string)[] =>
  reader.readdir(directory).flatMap((entry) => {
    const file = `${directory}${entry.name}`;
    if (entry.kind === "directory") return [`${file}/`, ...walk(reader, `${file}/`)];
    return [{ path: file, size: entry.size, bytes: bytesOf(reader, file) }];
  });

const bytesOf = (reader: FatReader, file: string): Uint8Array | undefined => {
  try {
    return reader.readFile(file);
  } catch (error) {
    if (error instanceof FatError && error.code === "CHAIN_BROKEN") return undefined;
    throw error;
  }
};

describe("simulated FAT32 and the tools of others", () => {
  requireTools("mdir", "mtype", "mcopy", "mmd", "mkfs.fat", "fsck.fat");
  const image = path.join(scratchDirectory("simulated-fat"), "esp.img");
  const seed = seedOfRun();

  for (const story of STORIES) {
    it(`agree on ${STATES} disks that lost power: ${story.title} (SLIPWAY_SEED=${seed})`, () => {
      let states = 0;
      for (const state of crashStates(playFatStory(story), STATES, seed)) {
        states += 1;
        saveImage(state, image);
        const seen = walk(readFat(state), "/");
        const files = seen.filter((entry) => typeof entry !== "string");
        const paths = seen.map((entry) => (typeof entry === "string" ? entry : entry.path));
        assert.deepEqual(listWithMtools(image), paths.toSorted(), state.explain());

        const checked = checkWithFsck(image);
        const plain = (file: string): string => file.replace(/\/$/, "").toUpperCase();
        assert.deepEqual(
          checked.paths
            .map(plain)
            .filter((file) => file !== "/ESP" && file !== "")
            .toSorted(),
          paths.map(plain).toSorted(),
          state.explain(),
        );

        const damaged = new Set(checked.damaged.map((file) => file.toUpperCase()));
        for (const { path: file, size, bytes } of files) {
          const theirs = readWithMtools(image, file);
          if (bytes === undefined) {
            assert.ok(theirs === undefined || theirs.byteLength < size, state.explain());
            assert.ok(damaged.has(file.toUpperCase()), `${file}\n${state.explain()}`);
          } else {
            assert.ok(theirs?.equals(bytes), `${file}\n${state.explain()}`);
          }
        }
      }
      assert.equal(states, STATES);
    });
  }

  it("agree on a disk that was unmounted: nothing is damaged, and nobody has it mounted", () => {
    for (const story of STORIES) {
      const disk = playFatStory({ ...story, unmount: true });
      saveImage(disk, image);
      const { damaged, isMounted } = checkWithFsck(image);
      assert.deepEqual(damaged, []);
      assert.equal(isMounted, false);
      for (const entry of walk(readFat(disk), "/")) {
        if (typeof entry === "string") continue;
        assert.equal(entry.bytes?.byteLength, entry.size);
        assert.ok(readWithMtools(image, entry.path)?.equals(entry.bytes ?? Buffer.alloc(0)));
      }
    }
  });

  it("go on with each other's file systems", () => {
    const copied = path.join(path.dirname(image), "A long name from mtools.efi");
    writeFileSync(copied, Buffer.alloc(3_000, "theirs "));
    writeFileSync(image, new Uint8Array(67_000 * 512));
    makeWithTools(image, "/EFI", copied);
    const disk = diskOn(imageSectors(readFileSync(image), 512));
    const volume = mountFat(disk);
    const name = "/EFI/A long name from mtools.efi";
    assert.ok(readFileSync(copied).equals(volume.readFile(name)));
    volume.append(name, Buffer.from("and ours"));
    volume.rename(name, "/EFI/renamed.efi");
    volume.unmount();
    saveImage(disk, image);
    assert.deepEqual(checkWithFsck(image).damaged, []);
    assert.deepEqual(listWithMtools(image), ["/EFI/", "/EFI/renamed.efi"]);
    const both = Buffer.concat([readFileSync(copied), Buffer.from("and ours")]);
    assert.ok(readWithMtools(image, "/EFI/renamed.efi")?.equals(both));
  });
});
