/** Files that are there in whole or not at all, whatever happens meanwhile. */
import { open, rename } from "node:fs/promises";
import path from "node:path";
import { makeDirectory } from "../trust/durable-files.ts";

/** What was done to the names in a directory outlives a power cut. */
export const syncDirectory = async (directory: string): Promise<void> => {
  await using handle = await open(directory, "r");
  await handle.sync();
};

/** Gives a finished file, already synced, its name, in place of whatever has it. */
export const placeFile = async (temporary: string, file: string): Promise<void> => {
  await makeDirectory(path.dirname(file));
  await rename(temporary, file);
  await syncDirectory(path.dirname(file));
};
