import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rename, rm, statfs } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "../errno.ts";
import { HostError } from "../errors.ts";
import type { Files, OpenFile } from "../files.ts";
import { type DirectReader, directReader } from "./direct-file.ts";
import { readFully, writeFully } from "./transfer.ts";

const FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;

const fileError = (file: string, what: string, cause: unknown): HostError =>
  new HostError("FILE_FAILED", `${file} cannot be ${what}`, {
    cause,
    ...(errnoOf(cause) === "ENOSPC" ? { hint: "its file system is full: make room" } : {}),
  });

const doing = async <T>(file: string, what: string, action: () => Promise<T>): Promise<T> => {
  try {
    return await action();
  } catch (error) {
    throw error instanceof HostError ? error : fileError(file, what, error);
  }
};

/** Makes the names in a directory durable. */
const syncDirectory = async (directory: string): Promise<void> => {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Makes a directory and those above it, each with a name that lasts. */
const makeDirectory = async (directory: string): Promise<void> => {
  const first = await mkdir(directory, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  for (let made = directory; made.length >= first.length; made = path.dirname(made)) {
    await syncDirectory(path.dirname(made));
  }
};

const openFile = (file: string): Promise<OpenFile> =>
  doing(file, "opened", async () => {
    await makeDirectory(path.dirname(file));
    return fileOn(await open(file, FLAGS, 0o600), file);
  });

const fileOn = (handle: FileHandle, file: string): OpenFile => {
  let isNameDurable = false;
  let direct: DirectReader | undefined;
  return {
    path: file,
    size: () => doing(file, "examined", async () => (await handle.stat()).size),
    readInto: (target, offset) => doing(file, "read", () => readFully(handle, target, offset)),
    write: (bytes, offset) => doing(file, "written", () => writeFully(handle, bytes, offset)),
    truncate: (size) => doing(file, "cut", () => handle.truncate(size)),
    sync: () =>
      doing(file, "flushed", async () => {
        if (isNameDurable) return handle.datasync();
        // vfat writes a long name with the directory, and the entry's size and place with the file: both are needed.
        await handle.sync();
        await syncDirectory(path.dirname(file));
        isNameDurable = true;
      }),
    readBack: (target, offset) =>
      doing(file, "read back", async () => {
        direct ??= await directReader(handle);
        await (direct === undefined
          ? readFully(handle, target, offset)
          : direct.readInto(target, offset));
      }),
    close: () =>
      doing(file, "closed", async () => {
        await direct?.close();
        await handle.close();
      }),
  };
};

const list = (directory: string): Promise<readonly string[]> =>
  doing(directory, "listed", async () => {
    try {
      return (await readdir(directory)).toSorted();
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return [];
      throw error;
    }
  });

const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Holds a file whose name is about to be taken away. vfat frees a file's clusters as soon as nobody has it open and no name leads to it, and the
 * disk may have that before it has lost the name: then the name would lead to what is another file's. What cannot be opened needs no holding.
 */
const hold = async (file: string): Promise<FileHandle | undefined> => {
  try {
    return await open(file, READ_FLAGS);
  } catch {
    return undefined;
  }
};

const remove = (file: string): Promise<void> =>
  doing(file, "removed", async () => {
    const held = await hold(file);
    try {
      await rm(file);
      await syncDirectory(path.dirname(file));
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    } finally {
      await held?.close();
    }
  });

const renameFile = (from: string, to: string): Promise<void> =>
  doing(from, `given the name ${path.basename(to)}`, async () => {
    const replaced = await hold(to);
    try {
      await rename(from, to);
      // vfat writes the names with the directory, and with the file where its bytes are: the new name leads to nothing without both.
      await using handle = await open(to, READ_FLAGS);
      await handle.sync();
      await syncDirectory(path.dirname(to));
    } finally {
      await replaced?.close();
    }
  });

const room = (directory: string): Promise<number> =>
  doing(directory, "measured", async () => {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  });

/** The files of this machine. */
export const linuxFiles: Files = { open: openFile, list, remove, rename: renameFile, room };
