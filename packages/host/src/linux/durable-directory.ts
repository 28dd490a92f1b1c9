import { constants } from "node:fs";
import { type FileHandle, open, rename } from "node:fs/promises";
import path from "node:path";
import type { DurableDirectory } from "../durable-directory.ts";
import { errnoOf } from "../errno.ts";

const { O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } = constants;

const readUpTo = async (handle: FileHandle, file: string, mostBytes: number): Promise<Buffer> => {
  const { size } = await handle.stat();
  const buffer = Buffer.alloc(Math.min(size, mostBytes) + 1);
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, filled);
    if (bytesRead === 0) return buffer.subarray(0, filled);
    filled += bytesRead;
  }
  throw new Error(`${file} has more than ${Math.min(size, mostBytes)} bytes`);
};

/** The files of an existing directory, which only its owner may write: names are plain file names of the caller's own making. */
export const linuxDurableDirectory = (directory: string): DurableDirectory => {
  const at = (file: string): string => path.join(directory, file);
  return {
    name: directory,
    read: async (file, mostBytes) => {
      let handle: FileHandle;
      try {
        // Without O_NONBLOCK a pipe in the file's place would stop us for ever.
        handle = await open(at(file), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      } catch (error) {
        if (errnoOf(error) === "ENOENT") return undefined;
        throw error;
      }
      await using owned = handle;
      if (!(await owned.stat()).isFile()) throw new Error(`${at(file)} is no plain file`);
      return await readUpTo(owned, at(file), mostBytes);
    },
    writeSynced: async (file, bytes) => {
      await using handle = await open(at(file), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
      await handle.writeFile(bytes);
      await handle.sync();
    },
    rename: (from, to) => rename(at(from), at(to)),
    syncDirectory: async () => {
      await using handle = await open(directory, O_RDONLY | O_DIRECTORY);
      await handle.sync();
    },
  };
};
