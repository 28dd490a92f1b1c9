/** Files with several names, made into files of their own. */
import type { InRoot } from "../bake/in-root-path.ts";
import { separate } from "../bake/contents.ts";
import type { RootDirectory } from "../bake/root-directory.ts";
import { walk } from "./walk.ts";

/**
 * Gives every name of a file an inode of its own; the first in the order of paths keeps the one there is. Whether two
 * names share an inode would otherwise hang on how the tree was copied. Names outside the tree do not count.
 */
export const separateHardLinks = (root: RootDirectory): void => {
  const seen = new Set<string>();
  const others: InRoot[] = [];
  walk(root, root.resolve("/"), ({ path, kind }) => {
    if (kind !== "file") return undefined;
    const stats = root.lstat(path);
    if (stats === undefined || stats.nlink === 1) return undefined;
    const inode = `${stats.dev}:${stats.ino}`;
    if (seen.has(inode)) others.push(path);
    seen.add(inode);
    return undefined;
  });
  for (const path of others) separate(root, path);
};
