/** What in a tree stands against making a node that does not overwrite. */
import { posix } from "node:path";
import type { PlannedNode } from "./creation-order.ts";
import { placeOf } from "./ignition-path.ts";
import type { InRoot } from "./in-root-path.ts";
import type { RootDirectory } from "./root-directory.ts";
import { TreeError } from "./tree-error.ts";

/** A node where its path leads now. */
export type PlacedNode = PlannedNode<InRoot>;

/** Undefined when the node may be made, or is there already just as the config wants it. */
export const conflictAt = (root: RootDirectory, node: PlacedNode): TreeError | undefined => {
  const { path } = node;
  const stats = root.lstat(path);
  const refuse = (fact: string): TreeError => new TreeError(fact, path);
  switch (node.kind) {
    case "directory":
      if (stats === undefined || stats.isDirectory()) return undefined;
      return refuse("a node that is no directory is there");
    case "file":
      if (stats === undefined) return undefined;
      if (!stats.isFile()) return refuse("a node that is no regular file is there");
      return node.item.contents === undefined ? undefined : refuse("a file is there");
    case "symlink": {
      if (stats === undefined) return undefined;
      if (!stats.isSymbolicLink()) return refuse("a node that is no symbolic link is there");
      const present = root.readlink(path);
      const isSame = posix.normalize(present) === posix.normalize(node.item.target);
      return isSame ? undefined : refuse(`a link to ${present} is there`);
    }
    case "hard link":
      return hardLinkConflict(root, path, placeOf(root, `/${node.item.target}`));
  }
};

const hardLinkConflict = (
  root: RootDirectory,
  path: InRoot,
  target: InRoot,
): TreeError | undefined => {
  const stats = root.lstat(path);
  const wanted = root.lstat(target);
  if (wanted === undefined) {
    return new TreeError("the target of the hard link does not exist", target);
  }
  if (stats === undefined) {
    return wanted.isDirectory()
      ? new TreeError("a hard link to a directory cannot be made", target)
      : undefined;
  }
  const isSame = stats.ino === wanted.ino && stats.dev === wanted.dev;
  return isSame
    ? undefined
    : new TreeError(`a node that is not the same file as ${target} is there`, path);
};
