import { createHash } from "node:crypto";
import posix from "node:path/posix";
import { type Files, HostError, type OpenFile } from "@slipway/host";
import type { FileFacts } from "@slipway/release";
import { ReceiverError } from "../errors.ts";
import { type ArtifactWriter, Counted } from "./image-writer.ts";

const READ_BYTES = 1024 * 1024;

/** Begins the file anew. It is durable, and was read back from the disk, when `finish` returns. */
export const ukiWriter = async (
  files: Files,
  path: string,
  facts: FileFacts,
): Promise<ArtifactWriter & { readonly close: () => Promise<void> }> => {
  // What an earlier attempt left may be larger than the room that is left beside it.
  await files.remove(path);
  const file = await files.open(path);
  const counted = new Counted(facts);
  return {
    write: async (bytes) => {
      const at = counted.length;
      counted.take(bytes);
      await file.write(bytes, at);
    },
    finish: async () => {
      counted.finish();
      await file.sync();
      if ((await digestOf(file, facts.size)) !== facts.sha256) {
        throw new ReceiverError(
          "READ_BACK_DIFFERS",
          `${path} does not give back what was written`,
          {
            hint: "the disk loses or changes what is written to it: replace it",
          },
        );
      }
    },
    close: () => file.close(),
  };
};

/** Whether the file is there whole, as the disk itself says. */
export const holdsUki = async (files: Files, path: string, facts: FileFacts): Promise<boolean> => {
  const names = await files.list(posix.dirname(path));
  // To open a file that is not there would create it.
  if (!names.includes(posix.basename(path))) return false;
  const file = await files.open(path);
  try {
    if ((await file.size()) !== facts.size) return false;
    return (await digestOf(file, facts.size)) === facts.sha256;
  } catch (error) {
    // A power cut can leave a size on FAT that the file's clusters do not reach: it is begun anew.
    if (error instanceof HostError && error.code === "FILE_FAILED") return false;
    throw error;
  } finally {
    await file.close();
  }
};

const digestOf = async (file: OpenFile, size: number): Promise<string> => {
  const digest = createHash("sha256");
  const buffer = new Uint8Array(Math.min(READ_BYTES, size));
  for (let at = 0; at < size; at += READ_BYTES) {
    const piece = buffer.subarray(0, Math.min(READ_BYTES, size - at));
    await file.readBack(piece, at);
    digest.update(piece);
  }
  return digest.digest("hex");
};
