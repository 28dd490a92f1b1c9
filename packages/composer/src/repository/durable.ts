/** Files that are there in whole or not at all, whatever happens meanwhile. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";

/** What was done to the names in a directory outlives a power cut. */
export const syncDirectory = async (directory: string): Promise<void> => {
  await using handle = await open(directory, "r");
  await handle.sync();
};

/** Makes a directory and those above it, each durable in the one above. */
export const makeDirectory = async (directory: string): Promise<void> => {
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) return;
  const above = path.dirname(first);
  for (let at = path.dirname(directory); ; at = path.dirname(at)) {
    await syncDirectory(at);
    if (at === above) return;
  }
};

/** Gives a finished file, already synced, its name, in place of whatever has it. */
export const placeFile = async (temporary: string, file: string): Promise<void> => {
  await makeDirectory(path.dirname(file));
  await rename(temporary, file);
  await syncDirectory(path.dirname(file));
};

/** Replaces a small file as a whole. `temporary` is on the same file system. */
export const replaceFile = async (
  file: string,
  temporary: string,
  contents: string | Uint8Array,
): Promise<void> => {
  await makeDirectory(path.dirname(temporary));
  try {
    const handle = await open(temporary, "w", 0o644);
    try {
      await handle.writeFile(contents);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await placeFile(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};
