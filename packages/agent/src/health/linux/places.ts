/** The files of this machine, for reading. */
import { isUtf8 } from "node:buffer";
import { constants } from "node:fs";
import { open, readdir, readlink, stat, statfs } from "node:fs/promises";
import { errnoOf } from "@slipway/host";
import type { Places } from "../ports.ts";

const isMissing = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "");

const orNothing = async <T, N>(work: Promise<T>, nothing: N): Promise<T | N> => {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return nothing;
    throw error;
  }
};

/** Up to `length` bytes from `offset` on; files of /proc and /sys have no size, so it reads until there is no more. */
const readPiece = async (
  path: string,
  placed: (size: number) => { readonly offset: number; readonly length: number },
): Promise<Buffer> => {
  // Without O_NONBLOCK a pipe would stop us for ever.
  await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const { offset, length } = placed((await handle.stat()).size);
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
};

const readText = async (path: string, mostBytes: number): Promise<string> => {
  const status = await stat(path).catch((cause: unknown) => {
    throw new Error(`it cannot be read: ${String(cause)}`, { cause });
  });
  if (!status.isFile()) throw new Error("it is no plain file");
  const bytes = await readPiece(path, () => ({ offset: 0, length: mostBytes + 1 }));
  if (bytes.length > mostBytes) throw new Error(`it has more than ${mostBytes} bytes`);
  if (!isUtf8(bytes)) throw new Error("it is no UTF-8");
  return bytes.toString("utf8");
};

export const linuxPlaces: Places = {
  at: async (path) => {
    const status = await orNothing(stat(path), undefined);
    return status && { isFile: status.isFile(), changedMs: status.mtimeMs };
  },
  text: readText,
  start: async (path, mostBytes) => {
    const piece = await readPiece(path, () => ({ offset: 0, length: mostBytes }));
    return piece.toString("utf8");
  },
  end: async (path, mostBytes) => {
    const piece = await readPiece(path, (size) => ({
      offset: Math.max(0, size - mostBytes),
      length: mostBytes,
    }));
    return piece.toString("utf8");
  },
  names: async (directory) => (await orNothing(readdir(directory), [])).sort(),
  link: async (path) => {
    try {
      return await readlink(path);
    } catch (error) {
      if (isMissing(error) || errnoOf(error) === "EINVAL") return undefined;
      throw error;
    }
  },
  room: async (path) => {
    const { bavail, blocks, bsize } = await statfs(path);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  },
};
