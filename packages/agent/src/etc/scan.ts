/** Reading a state of /etc. */
import type { Stats } from "node:fs";
import { errnoOf } from "@slipway/host";
import { EtcError } from "./errors.ts";
import { type EtcNode, type EtcPath, type EtcTree, firstDifference, showPath } from "./node.ts";
import { OpenTree } from "./open-tree.ts";

export interface Scan {
  readonly tree: EtcTree;
  /** Sockets, pipes and devices: they are not carried. */
  readonly specials: readonly EtcPath[];
}

/**
 * Everything below a directory, by path, without extended attributes (`withXattrs` adds them).
 * @throws EtcError `UNREADABLE`; `KEEPS_CHANGING` when something vanished meanwhile.
 */
export const scanTree = (directory: string): Scan => {
  using open = new OpenTree(directory);
  const tree = new Map<EtcPath, EtcNode>();
  const specials: EtcPath[] = [];
  const visit = (path: EtcPath): void => {
    const node = reading(path, directory, () => nodeAt(open, path));
    if (node === undefined) {
      specials.push(path);
      return;
    }
    tree.set(path, node);
    if (node.kind !== "directory") return;
    for (const name of reading(path, directory, () => open.list(path))) {
      visit(path === "" ? name : `${path}/${name}`);
    }
  };
  visit("");
  return { tree, specials: specials.sort() };
};

const nodeAt = (open: OpenTree, path: EtcPath): EtcNode | undefined => {
  const stats = open.lstat(path);
  const { uid, gid } = stats;
  const mode = stats.mode & 0o7777;
  switch (kindOf(stats)) {
    case "directory":
      return { kind: "directory", mode, uid, gid, xattrs: "" };
    case "file":
      return { kind: "file", mode, uid, gid, xattrs: "", sha256: open.sha256(path) };
    case "symlink":
      return { kind: "symlink", target: open.readlink(path), uid, gid, xattrs: "" };
    case "special":
      return undefined;
  }
};

const kindOf = (stats: Stats): EtcNode["kind"] | "special" => {
  if (stats.isDirectory()) return "directory";
  if (stats.isFile()) return "file";
  return stats.isSymbolicLink() ? "symlink" : "special";
};

/** What the kernel says when a path has become something else since we looked. */
const CHANGED: ReadonlySet<string | undefined> = new Set([
  "ENOENT",
  "ENOTDIR",
  "ELOOP",
  "EINVAL",
  "ENXIO",
]);

const reading = <T>(path: EtcPath, directory: string, read: () => T): T => {
  try {
    return read();
  } catch (cause) {
    const errno = errnoOf(cause);
    if (errno === undefined) throw cause;
    if (CHANGED.has(errno)) {
      throw new EtcError(
        "KEEPS_CHANGING",
        `${showPath(path)} in ${directory} changed while it was read`,
        { cause },
      );
    }
    throw new EtcError("UNREADABLE", `cannot read ${showPath(path)} in ${directory}: ${errno}`, {
      cause,
      hint: "mend or remove it, and try again: what cannot be read cannot be carried",
    });
  }
};

/**
 * Does some work on a tree that `scanTree` has read. What fails since the tree has changed meanwhile can be tried again.
 * @throws EtcError `KEEPS_CHANGING`, or whatever the work throws.
 */
export const unlessChanged = async <T>(
  seen: EtcTree,
  directory: string,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    checkUnchanged(seen, directory);
    throw error;
  }
};

/** @throws EtcError `KEEPS_CHANGING` when the tree is no longer as it was seen. */
export const checkUnchanged = (seen: EtcTree, directory: string): void => {
  const changed = firstDifference(seen, scanTree(directory).tree);
  if (changed === undefined) return;
  throw new EtcError("KEEPS_CHANGING", `${showPath(changed)} was changed while it was carried`, {
    hint: "wait until whatever writes to /etc has finished, and try again",
  });
};
