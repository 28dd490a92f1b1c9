import { open } from "node:fs/promises";
import type { ByteSource } from "./byte-source.ts";

/** Opens a file for reading ranges of it; closed when disposed. */
export const openFileSource = async (path: string): Promise<ByteSource & AsyncDisposable> => {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    return {
      size,
      read: async (offset, length) => {
        const bytes = new Uint8Array(length);
        let done = 0;
        while (done < length) {
          const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) throw new Error(`${path} became shorter while it was read`);
          done += bytesRead;
        }
        return bytes;
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
};
