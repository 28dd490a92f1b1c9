/** Where a path of a config leads, in Ignition's words. */
import { posix } from "node:path";
import type { OpenTree } from "./open-tree.ts";
import { componentsOf } from "./in-root-path.ts";
import { TreeError } from "./tree-error.ts";

/**
 * The path with the links above its last component followed as Ignition follows them before it makes anything: one link
 * a component, absolute ones from the root, never above it. What such a link leads to may be a link again: that is left
 * to the kernel, which at that time sees what has been made by then (`OpenTree.resolveRelative`).
 * @returns absolute and clean.
 * @throws TreeError for what Ignition cannot look at, such as a path below a file.
 */
export const joinPath = (tree: OpenTree, path: string): string => {
  const names = componentsOf(posix.normalize(posix.dirname(path)));
  const last = posix.basename(path);
  let done = "/";
  for (const [index, name] of names.entries()) {
    const here = posix.join(done, name);
    const found = look(tree, here);
    // Below what is not there, there is nothing to follow.
    if (found === undefined) return posix.resolve(here, ...names.slice(index + 1), last);
    done = found === "no link" ? here : posix.resolve(posix.dirname(here), found.target);
  }
  return posix.resolve(done, last);
};

const look = (
  tree: OpenTree,
  path: string,
): { readonly target: string } | "no link" | undefined => {
  const at = reached(tree, path);
  const stats = at && tree.lstat(at);
  if (at === undefined || stats === undefined) return undefined;
  return stats.isSymbolicLink() ? { target: tree.readlink(at) } : "no link";
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
