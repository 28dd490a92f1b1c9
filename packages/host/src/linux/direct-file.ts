/**
 * Reading and writing past the page cache. Node can neither drop cached pages nor flush a block device's cache, so what was just written
 * would be read from memory and never from the disk; and a whole release that went through the cache would take the place of what the
 * node's containers have there. A second descriptor with O_DIRECT goes to the disk; it wants memory at an address that the disk can be
 * given, which JavaScript cannot ask for but can find by trying.
 */
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { errnoOf } from "../errno.ts";
import { inTurns } from "../in-turns.ts";

export interface DirectReader {
  /** Fills `target`; throws a RangeError where the file ends before. */
  readInto(target: Uint8Array, offset: number): Promise<void>;
  close(): Promise<void>;
}

export interface DirectWriter {
  /** Whole sectors. Answers false where no address in memory is one that the disk can be given: then nothing was written. */
  write(bytes: Uint8Array, offset: number): Promise<boolean>;
  close(): Promise<void>;
}

/** No disk asks for more. */
const MOST_ALIGNMENT = 4096;
/** Memory from the allocator begins at a multiple of this. */
const LEAST_ALIGNMENT = 16;
const WINDOW_BYTES = 1024 * 1024;

/** Memory for a transfer of so many bytes at most; undefined where no address in it is one that the disk can be given. */
type Transfers = <T>(
  length: number,
  transfer: (window: Uint8Array) => Promise<T>,
) => Promise<T | undefined>;

const alignedMemory = (): Transfers => {
  const memory = new Uint8Array(WINDOW_BYTES + MOST_ALIGNMENT);
  let shift = 0;
  return async (length, transfer) => {
    // Found once, but larger transfers may want a stricter address than small ones did.
    for (; shift < MOST_ALIGNMENT; shift += LEAST_ALIGNMENT) {
      try {
        return await transfer(memory.subarray(shift, shift + length));
      } catch (error) {
        if (errnoOf(error) !== "EINVAL") throw error;
      }
    }
    return undefined;
  };
};

/** Reads what `handle` has open, by the descriptor and not by its path; undefined where the file system cannot do this. */
export const directReader = async (handle: FileHandle): Promise<DirectReader | undefined> => {
  const direct = await openDirect(handle, constants.O_RDONLY);
  if (direct === undefined) return undefined;
  const transfers = alignedMemory();
  const readWindow = async (length: number, offset: number): Promise<Uint8Array> => {
    const read = await transfers(length, async (window) => {
      const { bytesRead } = await direct.read(window, 0, length, offset);
      return window.subarray(0, bytesRead);
    });
    if (read === undefined)
      throw new Error("no address in memory is one that the disk can be given");
    return read;
  };
  const fill = async (target: Uint8Array, offset: number): Promise<void> => {
    for (let at = 0; at < target.length;) {
      const place = offset + at;
      const start = Math.floor(place / MOST_ALIGNMENT) * MOST_ALIGNMENT;
      const needed = Math.min(WINDOW_BYTES, place - start + target.length - at);
      const asked = Math.ceil(needed / MOST_ALIGNMENT) * MOST_ALIGNMENT;
      const piece = (await readWindow(asked, start)).subarray(place - start, needed);
      if (piece.length === 0) throw new RangeError(`ends before byte ${place}`);
      target.set(piece, at);
      at += piece.length;
    }
  };
  // All go through the same memory.
  const inTurn = inTurns();
  return {
    readInto: (target, offset) => inTurn(() => fill(target, offset)),
    close: () => direct.close(),
  };
};

/** Writes what `handle` has open for writing, by the descriptor and not by its path; undefined where the file system cannot do this. */
export const directWriter = async (handle: FileHandle): Promise<DirectWriter | undefined> => {
  const direct = await openDirect(handle, constants.O_RDWR);
  if (direct === undefined) return undefined;
  const transfers = alignedMemory();
  const writeWindow = (bytes: Uint8Array, offset: number): Promise<number | undefined> =>
    transfers(bytes.length, async (window) => {
      window.set(bytes);
      const { bytesWritten } = await direct.write(window, 0, window.length, offset);
      return bytesWritten;
    });
  const drain = async (bytes: Uint8Array, offset: number): Promise<boolean> => {
    for (let at = 0; at < bytes.length;) {
      const written = await writeWindow(bytes.subarray(at, at + WINDOW_BYTES), offset + at);
      if (written === undefined && at === 0) return false;
      if (written === undefined || written === 0) throw new Error(`stops at byte ${offset + at}`);
      at += written;
    }
    return true;
  };
  // All go through the same memory.
  const inTurn = inTurns();
  return {
    write: (bytes, offset) => inTurn(() => drain(bytes, offset)),
    close: () => direct.close(),
  };
};

const openDirect = async (handle: FileHandle, flags: number): Promise<FileHandle | undefined> => {
  try {
    return await open(`/proc/self/fd/${handle.fd}`, flags | constants.O_DIRECT);
  } catch (error) {
    if (errnoOf(error) === "EINVAL") return undefined;
    throw error;
  }
};
