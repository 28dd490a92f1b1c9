/** One small file of the repository, by its signed digest. */
import { createHash } from "node:crypto";
import { DEFAULT_FETCH_LIMITS, mirrors, type RepositorySource } from "@slipway/receiver";
import { blobPath, type FileFacts } from "@slipway/release";
import type { TaskContext } from "./context.ts";

export const limitsOf = async (
  context: Pick<TaskContext, "settings">,
): Promise<typeof DEFAULT_FETCH_LIMITS> => {
  const { bytesPerSecond } = await context.settings();
  return bytesPerSecond === undefined
    ? DEFAULT_FETCH_LIMITS
    : { ...DEFAULT_FETCH_LIMITS, bytesPerSecond };
};

/** @throws ReceiverError; Error where it is too large, or not what was signed */
export const fetchBlob = async (
  context: Pick<TaskContext, "settings" | "clock" | "random" | "log" | "signal">,
  { sha256, size }: FileFacts,
  { sources, most }: { readonly sources: readonly RepositorySource[]; readonly most: number },
): Promise<Uint8Array> => {
  if (size > most) throw new Error(`it has ${size} bytes, more than ${most}`);
  const { clock, random, log, signal } = context;
  const all = mirrors(sources, { limits: await limitsOf(context), clock, random, log });
  const bytes = new Uint8Array(size);
  let length = 0;
  const request = { path: blobPath(sha256), mostBytes: size };
  for await (const piece of all.fetch(signal === undefined ? request : { ...request, signal })) {
    bytes.set(piece, length);
    length += piece.length;
  }
  const digest = createHash("sha256").update(bytes.subarray(0, length)).digest("hex");
  if (digest !== sha256) throw new Error(`it has the digest ${digest}`);
  return bytes;
};
