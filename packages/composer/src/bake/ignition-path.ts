/** Where a path of a config leads, in Ignition's words. */
import { posix } from "node:path";
import type { OpenTree } from "./open-tree.ts";
import { TreeError } from "./tree-error.ts";

/**
 * The path with the links above its last component followed as Ignition follows them before it makes anything: one link
 * a component, absolute ones from the root, never above it. What such a link leads to may be a link again: that is left
 * to the kernel, which at that time sees what has been made by then (`OpenTree.resolveRelative`).
 * @returns absolute and clean.
 * @throws TreeError for what Ignition cannot look at, such as a path below a file.
 */
export const joinPath = (tree: OpenTree, path: string): string => {
  const directory = posix.normalize(posix.dirname(path));
  let done = "/";
  for (const name of directory.split("/")) {
    const here = posix.join(done, name);
    const target = linkTarget(tree, here);
    done = target === undefined ? here : posix.resolve(posix.dirname(here), target);
  }
  return posix.resolve(done, posix.basename(path));
};

/** Undefined for what is no link, or is not there. */
const linkTarget = (tree: OpenTree, path: string): string | undefined => {
  if (path === "/") return undefined;
  const at = reached(tree, path);
  if (at === undefined || tree.lstat(at)?.isSymbolicLink() !== true) return undefined;
  return tree.readlink(at);
};

/** Where a link leads out of the tree, or to nothing, there is nothing: that shows when something is made there. */
const reached = (tree: OpenTree, path: string): ReturnType<OpenTree["resolve"]> | undefined => {
  try {
    return tree.resolveRelative(path);
  } catch (error) {
    const isNothing =
      error instanceof TreeError && (error.errno === "EXDEV" || error.errno === "ENOENT");
    if (isNothing) return undefined;
    throw error;
  }
};

/** Where the path leads now. @throws TreeError */
export const placeOf = (tree: OpenTree, path: string): ReturnType<OpenTree["resolve"]> =>
  tree.resolveRelative(joinPath(tree, path));
