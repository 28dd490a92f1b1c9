/** What looking at the node stands on: files of the kernel and of the system, read and never written. */
import { constants } from "node:fs";
import { type FileHandle, open, readdir, statfs } from "node:fs/promises";
import path from "node:path";
import { directReader, errnoOf } from "@slipway/host";
import type { ByteSource } from "@slipway/release";
import { NodeError } from "./errors.ts";

/** By absolute paths. @throws NodeError `UNREADABLE` where something is there that cannot be read */
export interface HostReader {
  /** A file that the kernel or a person wrote; nothing where there is none. More than `mostBytes` is `UNREADABLE`. */
  readonly bytes: (file: string, mostBytes: number) => Promise<Uint8Array | undefined>;
  /** Names, sorted; none where there is no such directory. */
  readonly list: (directory: string) => Promise<readonly string[]>;
  /** A file of which parts are read; nothing where there is none. The size of a device is not known here, and 0. */
  readonly open: (file: string) => Promise<(ByteSource & AsyncDisposable) | undefined>;
  /** Bytes that can still be written to the file system that a directory is on; 0 where there is no such directory. */
  readonly room: (directory: string) => Promise<number>;
}

const ABSENT: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR", "ENODEV"]);

/** Nothing where the path leads nowhere. */
const unlessAbsent = async <T>(file: string, read: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await read();
  } catch (cause) {
    if (ABSENT.has(errnoOf(cause))) return undefined;
    if (cause instanceof NodeError) throw cause;
    throw new NodeError("UNREADABLE", `${file} cannot be read`, {
      cause,
      hint: "look at the kernel's messages (journalctl -k), and run this as root",
    });
  }
};

/** Neither a link in the place of a device or file, nor a pipe that waits for a writer. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** Files below /proc and /sys say nothing of their size, so it is read until it ends. */
const readWhole = async (file: string, most: number): Promise<Uint8Array> => {
  await using handle = await open(file, FLAGS);
  const buffer = new Uint8Array(most + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
    if (bytesRead === 0) return buffer.slice(0, length);
    length += bytesRead;
    if (length > most)
      throw new NodeError("UNREADABLE", `${file} has more than ${most} bytes`, {
        hint: "nothing of ours is that long: see what it is, and move it away",
      });
  }
};

/** A superblock is shorter; whoever reads as much at a time reads all of a slot. */
const LONG_BYTES = 256 * 1024;

const sourceOf = async (
  handle: FileHandle,
  file: string,
): Promise<ByteSource & AsyncDisposable> => {
  const status = await handle.stat();
  const endsBefore = (target: Uint8Array, offset: number): NodeError =>
    new NodeError("UNREADABLE", `${file} ends before byte ${offset + target.length}`);
  let direct: ReturnType<typeof directReader> | undefined;
  const readInto = async (target: Uint8Array, offset: number): Promise<void> => {
    // Past the page cache, which has better things to hold than a slot that is read once.
    if (status.isBlockDevice() && target.length >= LONG_BYTES) {
      direct ??= directReader(handle);
      const reader = await direct;
      if (reader !== undefined)
        return reader.readInto(target, offset).catch((error: unknown) => {
          throw error instanceof RangeError ? endsBefore(target, offset) : error;
        });
    }
    for (let done = 0; done < target.length;) {
      const { bytesRead } = await handle.read(target, done, target.length - done, offset + done);
      if (bytesRead === 0) throw endsBefore(target, offset);
      done += bytesRead;
    }
  };
  return {
    size: status.size,
    readInto,
    read: async (offset, length) => {
      const bytes = new Uint8Array(length);
      await readInto(bytes, offset);
      return bytes;
    },
    [Symbol.asyncDispose]: async () => {
      // Whoever read has heard why there is none.
      await (await direct?.catch(() => undefined))?.close();
      await handle.close();
    },
  };
};

/** This machine's files; those of a tree somewhere else when given its place. */
export const linuxHostReader = (root: string = "/"): HostReader => {
  const at = (file: string): string => path.join(root, file);
  return {
    bytes: (file, mostBytes) => unlessAbsent(file, () => readWhole(at(file), mostBytes)),
    list: async (directory) =>
      (await unlessAbsent(directory, () => readdir(at(directory))))?.toSorted() ?? [],
    open: (file) => unlessAbsent(file, async () => sourceOf(await open(at(file), FLAGS), file)),
    room: async (directory) =>
      (await unlessAbsent(directory, async () => {
        const { bavail, bsize } = await statfs(at(directory));
        return bavail * bsize;
      })) ?? 0,
  };
};

/** The text of a file without white space at its ends; nothing where there is none. */
export const textOf = async (
  reader: Pick<HostReader, "bytes">,
  file: string,
  mostBytes = 4096,
): Promise<string | undefined> => {
  const bytes = await reader.bytes(file, mostBytes);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8").trim();
};
