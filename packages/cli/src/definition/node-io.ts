/** Reading definitions from files. */
import { constants } from "node:fs";
import { access, type FileHandle, open, stat } from "node:fs/promises";
import { walkTree } from "./walk-tree.ts";
import type { DefinitionIo, NodeKind, ReadResult } from "@slipway/ignition-config";

type Reason = Extract<ReadResult, { readonly ok: false }>["reason"];

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** What a failed call says about the path; undefined for codes that nobody expects of a path. */
export const reasonOf = (error: unknown): Reason | undefined => {
  switch (codeOf(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return "missing";
    case "EACCES":
    case "EPERM":
      return "denied";
    case "EISDIR":
      return "directory";
    default:
      return undefined;
  }
};

const failed = (error: unknown): ReadResult => {
  if (!(error instanceof Error)) throw error;
  // Paths that are too long or hold a NUL, loops of links, broken disks: all of them are said, none stops the report.
  return { ok: false, reason: reasonOf(error) ?? "failed", detail: error.message };
};

/** The bytes, or undefined when there are more than `limitBytes`. Sizes are not believed: /proc lies about them. */
const readUpTo = async (
  handle: FileHandle,
  limitBytes: number,
): Promise<Uint8Array | undefined> => {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const buffer = new Uint8Array(Math.min(64 * 1024, limitBytes + 1 - total));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length);
    if (bytesRead === 0) return Buffer.concat(chunks);
    total += bytesRead;
    if (total > limitBytes) return undefined;
    chunks.push(buffer.subarray(0, bytesRead));
  }
};

const read = async (path: string, limitBytes: number): Promise<ReadResult> => {
  try {
    // Without O_NONBLOCK a FIFO would hold us until somebody writes to it.
    await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const facts = await handle.stat();
    if (facts.isDirectory()) return { ok: false, reason: "directory", detail: "" };
    if (!facts.isFile()) return { ok: false, reason: "failed", detail: "it is no regular file" };
    const bytes = facts.size > limitBytes ? undefined : await readUpTo(handle, limitBytes);
    return bytes === undefined
      ? { ok: false, reason: "too-large", detail: "" }
      : { ok: true, bytes };
  } catch (error) {
    return failed(error);
  }
};

const kind = async (path: string): Promise<NodeKind> => {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) return "directory";
    if (!facts.isFile()) return "other";
    await access(path, constants.R_OK);
    return "file";
  } catch (error) {
    switch (reasonOf(error)) {
      case "missing":
        return "missing";
      case "denied":
        return "denied";
      case "directory":
        return "directory";
      case "too-large":
      case "failed":
      case undefined:
        // A name that is too long or a loop of links leads to nothing that could be read.
        return "missing";
    }
  }
};

/** Documents and local files by their paths, relative ones below the working directory. */
export const nodeDefinitionIo: DefinitionIo = { read, kind, walk: walkTree };
