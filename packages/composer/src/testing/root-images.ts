/** The comparison of roots without releases around them. */
import { compareTrees } from "../diff/compare-trees.ts";
import type { FileChange } from "../diff/file-change.ts";
import { openRootTree } from "../diff/root-tree.ts";
import { dataComparison } from "../diff/same-data.ts";
import { openFileSource } from "../inspect/file-source.ts";

/** What differs between the files of two EROFS images, by their bytes alone. */
export const compareRootImages = async (
  before: string,
  after: string,
): Promise<readonly FileChange[]> => {
  await using old = await openFileSource(before);
  await using now = await openFileSource(after);
  const [oldTree, newTree] = [await openRootTree(old), await openRootTree(now)];
  // Awaited here, while the files are open.
  return await compareTrees(oldTree, newTree, {
    isSameData: dataComparison(
      { image: old, tree: oldTree, leaves: undefined },
      { image: now, tree: newTree, leaves: undefined },
    ),
  });
};
