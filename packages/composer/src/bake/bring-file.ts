/** Cached files in a root's tree. */
import { copyFileSync, linkSync } from "node:fs";
import { errnoOf } from "@slipway/host";
import { parentOf } from "./in-root-path.ts";
import type { RootDirectory } from "./root-directory.ts";

/**
 * A second name for a cached file where the file system allows it, as the tree's other files are: whoever changes one
 * gives it an inode of its own first. A copy elsewhere.
 */
export const bringFile = (root: RootDirectory, from: string, name: string, mode: number): void => {
  const to = root.resolve(name);
  root.makeDirectories(parentOf(to));
  root.remove(to);
  try {
    linkSync(from, root.at(to));
  } catch (error) {
    if (errnoOf(error) !== "EXDEV") throw error;
    copyFileSync(from, root.at(to));
    root.setMode(to, mode);
    root.setOwner(to, { uid: 0, gid: 0 });
  }
};
