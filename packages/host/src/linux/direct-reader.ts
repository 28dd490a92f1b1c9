/**
 * Reading past the page cache. Node can neither drop cached pages nor flush a block device's cache, so what was just written
 * would be read from memory and never from the disk. A second descriptor with O_DIRECT reads the disk; it wants memory at an
 * address that the disk can be given, which JavaScript cannot ask for but can find by trying.
 */
import { constants } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { errnoOf } from "../errno.ts";

export interface DirectReader {
  /** Fills `target`; throws a RangeError where the file ends before. */
  readInto(target: Uint8Array, offset: number): Promise<void>;
  close(): Promise<void>;
}

/** No disk asks for more. */
const MOST_ALIGNMENT = 4096;
/** Memory from the allocator begins at a multiple of this. */
const LEAST_ALIGNMENT = 16;
const WINDOW_BYTES = 1024 * 1024;

/** Reads what `handle` has open, by the descriptor and not by its path; undefined where the file system cannot do this. */
export const directReader = async (handle: FileHandle): Promise<DirectReader | undefined> => {
  const direct = await openDirect(handle);
  if (direct === undefined) return undefined;
  const memory = new Uint8Array(WINDOW_BYTES + MOST_ALIGNMENT);
  let shift = 0;
  /** Reads into memory that the disk can be given; larger reads may want a stricter address than small ones did. */
  const readWindow = async (length: number, offset: number): Promise<Uint8Array> => {
    for (; shift < MOST_ALIGNMENT; shift += LEAST_ALIGNMENT) {
      const window = memory.subarray(shift, shift + length);
      try {
        const { bytesRead } = await direct.read(window, 0, length, offset);
        return window.subarray(0, bytesRead);
      } catch (error) {
        if (errnoOf(error) !== "EINVAL") throw error;
      }
    }
    throw new Error("no address in memory is one that the disk can be given");
  };
  const readInto = async (target: Uint8Array, offset: number): Promise<void> => {
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
  return { readInto, close: () => direct.close() };
};

const openDirect = async (handle: FileHandle): Promise<FileHandle | undefined> => {
  try {
    return await open(`/proc/self/fd/${handle.fd}`, constants.O_RDONLY | constants.O_DIRECT);
  } catch (error) {
    if (errnoOf(error) === "EINVAL") return undefined;
    throw error;
  }
};
