import { open } from "node:fs/promises";
import type { ByteSource } from "@slipway/release";

/** Opens a file for reading ranges of it; closed when disposed. */
export const openFileSource = async (path: string): Promise<ByteSource & AsyncDisposable> => {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const readInto = async (target: Uint8Array, offset: number): Promise<void> => {
      let done = 0;
      while (done < target.length) {
        const { bytesRead } = await file.read(target, done, target.length - done, offset + done);
        if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
        done += bytesRead;
      }
    };
    return {
      size,
      read: async (offset, length) => {
        const bytes = new Uint8Array(length);
        await readInto(bytes, offset);
        return bytes;
      },
      readInto,
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
};
