import type { FileHandle } from "node:fs/promises";

/** Fills `target`, however many reads that takes. Throws a RangeError where the file ends before. */
export const readFully = async (
  handle: FileHandle,
  target: Uint8Array,
  offset: number,
): Promise<void> => {
  for (let at = 0; at < target.length;) {
    const { bytesRead } = await handle.read(target, at, target.length - at, offset + at);
    if (bytesRead === 0) throw new RangeError(`ends before byte ${offset + at}`);
    at += bytesRead;
  }
};

/** Writes all of `bytes`, however many writes that takes. */
export const writeFully = async (
  handle: FileHandle,
  bytes: Uint8Array,
  offset: number,
): Promise<void> => {
  for (let at = 0; at < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, offset + at);
    at += bytesWritten;
  }
};
