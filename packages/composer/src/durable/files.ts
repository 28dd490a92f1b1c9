/** Files that are whole or not there, whenever the power goes. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";

/** How whoever signs and publishes writes files; a port, so that tests can stop between any two of them. */
export interface DurableFiles {
  /**
   * Writes a file under its name, in place of one that was there, making the directories above it. When this resolves it outlives a power
   * cut; at any moment before, the name leads to the old bytes or the new ones, never to a part.
   */
  readonly write: (file: string, bytes: Uint8Array | string, mode: number) => Promise<void>;
}

/** What was done to the names in a directory outlives a power cut. */
export const syncDirectory = async (directory: string): Promise<void> => {
  await using handle = await open(directory, "r");
  await handle.sync();
};

/** Makes a directory and those above it, each of them durable. */
export const makeDirectory = async (directory: string, mode = 0o755): Promise<void> => {
  const first = await mkdir(directory, { recursive: true, mode });
  if (first === undefined) return;
  // Every new name stands in the directory above it, from the lowest up to the one that was there before.
  for (let at = directory; ; at = path.dirname(at)) {
    await syncDirectory(path.dirname(at));
    if (at === first || at === path.dirname(at)) return;
  }
};

/** Gives a finished file, already synced, its name on the same file system, in place of whatever has it. */
export const placeFile = async (temporary: string, file: string): Promise<void> => {
  await makeDirectory(path.dirname(file));
  await rename(temporary, file);
  await syncDirectory(path.dirname(file));
};

const write: DurableFiles["write"] = async (file, bytes, mode) => {
  const directory = path.dirname(file);
  await makeDirectory(directory);
  // One name for all attempts: what a killed one left behind is written over by the next.
  const temporary = path.join(directory, `.${path.basename(file)}.new`);
  await rm(temporary, { force: true });
  const handle = await open(temporary, "wx", mode);
  try {
    await handle.writeFile(bytes);
    // Past the umask: a repository is read by web servers, whoever wrote it.
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await placeFile(temporary, file);
};

/** The file system of this machine. */
export const durableFiles: DurableFiles = { write };
