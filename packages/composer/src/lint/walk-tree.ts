import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { readInRoot } from "../packages/read-in-root.ts";
import { elfFacts } from "./elf.ts";
import type { XattrTable } from "./getfattr.ts";
import type { FileType } from "../file-type.ts";
import type { ReadContent, TreeEntry, Xattr } from "./tree-entry.ts";
import { START_BYTES } from "./tree-entry.ts";
import { treePath } from "./tree-path.ts";

/** Enough to tell a binary, of which no rule wants more, from a text, which is then read on. */
const HEADER_BYTES = 4096;

const NO_XATTRS: readonly Xattr[] = [];

/**
 * Walks a tree from its root down: every directory before what is in it, names in the order of their bytes. Links are not
 * followed, nothing but regular files is opened, and what is mounted inside the tree is walked like the rest. An entry's
 * `start` is valid only until the next one is asked for. Nothing may change the tree meanwhile.
 */
export function* walkTree(root: string, xattrs: XattrTable = new Map()): Generator<TreeEntry> {
  const buffer = new Uint8Array(START_BYTES);

  function* walk(hostPath: Buffer, stats: Stats): Generator<TreeEntry> {
    const bytes = hostPath.subarray(rootBytes.length);
    const { path, isUtf8 } = treePath(bytes.length === 0 ? Buffer.from("/") : bytes);
    const type = typeOf(stats);
    yield {
      path,
      isUtf8,
      type,
      mode: stats.mode & 0o7777,
      uid: stats.uid,
      gid: stats.gid,
      size: stats.size,
      nlink: stats.nlink,
      inode: `${stats.dev}:${stats.ino}`,
      ...(type === "link"
        ? { target: treePath(readlinkSync(hostPath, { encoding: "buffer" })).path }
        : {}),
      ...(type === "file" ? { start: readStart(hostPath, stats.size, buffer) } : {}),
      xattrs: xattrs.get(path) ?? NO_XATTRS,
    };
    if (type !== "directory") return;
    const names = readdirSync(hostPath, { encoding: "buffer" }).sort((a, b) =>
      Buffer.compare(a, b),
    );
    for (const name of names) {
      const child = Buffer.concat([hostPath, SLASH, name]);
      yield* walk(child, lstatSync(child));
    }
  }

  const rootBytes = Buffer.from(root.replace(/\/+$/, ""));
  yield* walk(rootBytes, lstatSync(rootBytes.length === 0 ? "/" : rootBytes));
}

const SLASH = Buffer.from("/");

const typeOf = (stats: Stats): FileType => {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "link";
  if (stats.isCharacterDevice()) return "character-device";
  if (stats.isBlockDevice()) return "block-device";
  return stats.isFIFO() ? "fifo" : "socket";
};

const readStart = (hostPath: Buffer, size: number, buffer: Uint8Array): Uint8Array => {
  if (size === 0) return buffer.subarray(0, 0);
  const file = openSync(hostPath, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const header = readSync(file, buffer, 0, Math.min(size, HEADER_BYTES), 0);
    if (size <= header || elfFacts(buffer.subarray(0, header)) !== undefined) {
      return buffer.subarray(0, header);
    }
    const wanted = Math.min(size, START_BYTES) - header;
    return buffer.subarray(0, header + readSync(file, buffer, header, wanted, header));
  } finally {
    closeSync(file);
  }
};

const MAX_CONTENT_BYTES = 1024 * 1024;

/** Reads files of the tree at `root` for the rules that ask for them. */
export const contentReader =
  (root: string): ReadContent =>
  (path) =>
    readInRoot(root, path, MAX_CONTENT_BYTES);
