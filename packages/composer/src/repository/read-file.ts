/** Small files of a repository, as far as a client would read them. */
import { open } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@slipway/host";

export type SmallFile =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "absent" }
  | { readonly kind: "too-large"; readonly size: number };

/** The bytes of a file below `repo`, `mostBytes` at most. */
export const readSmallFile = async (
  repo: string,
  name: string,
  mostBytes: number,
): Promise<SmallFile> => {
  try {
    await using handle = await open(path.join(repo, name), "r");
    const { size } = await handle.stat();
    if (size > mostBytes) return { kind: "too-large", size };
    const bytes = new Uint8Array(size);
    let done = 0;
    while (done < size) {
      const { bytesRead } = await handle.read(bytes, done, size - done, done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return { kind: "bytes", bytes: bytes.subarray(0, done) };
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return { kind: "absent" };
    throw error;
  }
};
