/** Puts a release into a slot of a disk, as the agent will: data and hashes first, the way to them last. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { addEntry } from "./boot-entries.ts";
import { fillPartition } from "./node-disk.ts";

/** The name of its boot entry, which has three tries. */
export const putRelease = async (
  disk: string,
  release: string,
  slot: "slot-a" | "slot-b",
): Promise<string> => {
  const manifest: unknown = JSON.parse(await readFile(path.join(release, "manifest.json"), "utf8"));
  if (typeof manifest !== "object" || manifest === null || !("bootEntry" in manifest)) {
    throw new TypeError(`${release} has no boot entry`);
  }
  const { bootEntry } = manifest;
  if (typeof bootEntry !== "string") throw new TypeError(`${release} has no boot entry`);
  await fillPartition(disk, slot, path.join(release, "root.erofs"));
  await fillPartition(disk, `${slot}-verity`, path.join(release, "root.verity"));
  await addEntry(disk, path.join(release, "uki.efi"), bootEntry);
  return bootEntry;
};
