/** Every node of a tree, parents before children. */
import type { InRoot } from "../bake/in-root-path.ts";
import type { Entry } from "../bake/open-tree.ts";
import type { RootDirectory } from "../bake/root-directory.ts";

/** Goes down from a directory; what `visit` answers with "leave" is not gone into. Missing directories have no nodes. */
export const walk = (
  root: RootDirectory,
  directory: InRoot,
  visit: (entry: Entry) => "leave" | undefined,
): void => {
  if (root.lstat(directory)?.isDirectory() !== true) return;
  for (const entry of root.entries(directory)) {
    const answer = visit(entry);
    if (entry.kind === "directory" && answer !== "leave") walk(root, entry.path, visit);
  }
};
