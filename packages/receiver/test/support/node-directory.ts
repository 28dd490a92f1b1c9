/** A node of plain files: slot, UKI and what staging keeps, in a directory of this machine. */
import { readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { linuxBlockDevices, linuxClock, linuxFiles } from "@slipway/host";
import type { Seed, StageOptions } from "@slipway/receiver";
import type { ReleaseManifest } from "@slipway/release";
import { httpSource } from "../../src/fetch/http-source.ts";
import { DEFAULT_FETCH_LIMITS } from "../../src/fetch/mirrors.ts";
import type { BuiltImage } from "./a-release.ts";

/** What lies in the directory, by name. */
const pathsIn = (directory: string) => ({
  root: path.join(directory, "slot-b"),
  verity: path.join(directory, "slot-b-verity"),
  uki: path.join(directory, "efi/EFI/Linux/base_2.efi.staged"),
  journal: path.join(directory, "var/stage"),
});

/** An empty node; its slot has room to spare. */
export const formatNode = async (
  directory: string,
  { root, verity }: ReleaseManifest,
): Promise<void> => {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const paths = pathsIn(directory);
  for (const [file, size] of [
    [paths.root, root.size + 65_536],
    [paths.verity, verity.size + 65_536],
  ] as const) {
    await writeFile(file, "");
    await truncate(file, size);
  }
};

export const stageOptions = (
  directory: string,
  manifest: ReleaseManifest,
  urls: readonly string[],
  seeds: readonly Seed[],
  changes: Partial<StageOptions> = {},
): StageOptions => {
  const { root, verity, uki, journal } = pathsIn(directory);
  return {
    manifest,
    sources: urls.map((url) => httpSource(url, { userAgent: "slipway-test" })),
    seeds,
    target: { slot: "b", root, verity, uki },
    bootedRoothash: "00",
    journal,
    devices: linuxBlockDevices,
    files: linuxFiles,
    limits: DEFAULT_FETCH_LIMITS,
    clock: linuxClock,
    random: () => 0.5,
    log: () => undefined,
    ...changes,
  };
};

const begins = async (file: string, bytes: Uint8Array): Promise<boolean> =>
  Buffer.compare((await readFile(file)).subarray(0, bytes.length), bytes) === 0;

/** Whether the slot holds the release, all of it. */
export const slotHolds = async (directory: string, image: BuiltImage): Promise<boolean> => {
  const { root, verity } = pathsIn(directory);
  return (await begins(root, image.root)) && (await begins(verity, image.verity));
};

/** Whether the node holds the release, its UKI too. */
export const holds = async (directory: string, image: BuiltImage): Promise<boolean> =>
  (await slotHolds(directory, image)) && begins(pathsIn(directory).uki, image.uki);

/** Whether anybody would take the slot for a release. */
export const isTakenForRelease = (directory: string): boolean => {
  const { root, verity } = pathsIn(directory);
  const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);
  return (
    !isZero(readFileSync(root).subarray(1024, 1536)) &&
    !isZero(readFileSync(verity).subarray(0, 512))
  );
};

/** The length of each part that staging has of a file, by the file's digest. */
export const partsOf = async (directory: string): Promise<ReadonlyMap<string, number>> => {
  const { journal } = pathsIn(directory);
  const names = await readdir(journal).catch(() => []);
  const parts = names.filter((name) => name.endsWith(".part"));
  return new Map(
    await Promise.all(
      parts.map(async (name) => {
        const { size } = await stat(path.join(journal, name));
        return [path.basename(name, ".part"), size] as const;
      }),
    ),
  );
};
