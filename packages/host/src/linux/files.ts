import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "../errno.ts";
import { HostError } from "../errors.ts";
import type { Files, OpenFile } from "../files.ts";
import { type DirectReader, directReader } from "./direct-reader.ts";
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

const remove = (file: string): Promise<void> =>
  doing(file, "removed", async () => {
    try {
      await rm(file);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return;
      throw error;
    }
    await syncDirectory(path.dirname(file));
  });

/** The files of this machine. */
export const linuxFiles: Files = { open: openFile, list, remove };
