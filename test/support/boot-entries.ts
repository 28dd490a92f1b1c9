/** The ESP of a node's disk as its boot loader sees it: entries, their tries, their names. Works on a raw file in place. */
import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { linuxExec } from "@slipway/host";
import { findToolbox } from "@slipway/composer/testing";
import { partitionOf } from "./node-disk.ts";
import { CACHE, run } from "./release.ts";

const ENTRIES = "::/EFI/Linux";

/** mtools(1) on the ESP. */
const mtools = async (
  disk: string,
  [program, ...args]: readonly [string, ...string[]],
  readable: readonly string[] = [],
): Promise<string> => {
  const toolbox = await findToolbox(linuxExec, CACHE, "compose");
  assert.ok(toolbox, "the tools tree is not there: build something first");
  const { offset } = await partitionOf(disk, "esp");
  const { stdout } = await toolbox.run(
    { argv: [program, "-i", `${disk}@@${offset}`, ...args], purpose: "changing the ESP" },
    { writable: [path.dirname(disk)], readable },
  );
  return stdout;
};

/** The file names of all boot entries, sorted. */
export const bootEntries = async (disk: string): Promise<readonly string[]> => {
  const listing = await mtools(disk, ["mdir", "-b", ENTRIES]);
  return listing
    .split("\n")
    .flatMap((line) => /^::\/EFI\/Linux\/(.+\.efi)$/.exec(line.trim())?.[1] ?? [])
    .toSorted();
};

/** The one entry there is. */
export const onlyEntry = async (disk: string): Promise<string> => {
  const [entry, ...others] = await bootEntries(disk);
  assert.ok(
    entry !== undefined && others.length === 0,
    `not one entry: ${[entry, ...others].join(", ")}`,
  );
  return entry;
};

export const renameEntry = (disk: string, from: string, to: string): Promise<string> =>
  mtools(disk, ["mren", `${ENTRIES}/${from}`, to]);

export const removeEntry = (disk: string, name: string): Promise<string> =>
  mtools(disk, ["mdel", `${ENTRIES}/${name}`]);

/** Adds a UKI under a name. */
export const addEntry = (disk: string, uki: string, name: string): Promise<string> =>
  mtools(disk, ["mcopy", uki, `${ENTRIES}/${name}`], [uki]);

/** The name of an entry with other tries: `base_1_abc+2-1.efi` and `+0-4` give `base_1_abc+0-4.efi`; none gives a good one. */
export const withTries = (name: string, tries: string): string =>
  name.replace(/(?:\+\d+(?:-\d+)?)?\.efi$/, `${tries}.efi`);

/** Whether an entry holds exactly this UKI. */
export const holdsUki = async (disk: string, name: string, uki: string): Promise<boolean> => {
  const copy = `${disk}.${name}`;
  await mtools(disk, ["mcopy", "-n", `${ENTRIES}/${name}`, copy]);
  try {
    return (await run(["cmp", "--silent", copy, uki])).status === 0;
  } finally {
    await rm(copy);
  }
};

/** The boot loader on the disk, where firmware looks for it. */
export const loaderOf = async (disk: string): Promise<Uint8Array> => {
  const copy = path.join(path.dirname(disk), "loader.efi");
  await mtools(disk, ["mcopy", "-n", "::/EFI/BOOT/BOOTX64.EFI", copy]);
  try {
    return await readFile(copy);
  } finally {
    await rm(copy);
  }
};

/** A mark of a hand's, not of the loader's: it would have stopped at three tries done. */
export const BAD = "+0-4";
