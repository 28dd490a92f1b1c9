/** From what /etc is to be, the steps that make the new image's /etc into it. Pure. */
import { type EtcNode, type EtcPath, type EtcTree, isSameNode, parentOf } from "./node.ts";
import type { Result } from "./three-way.ts";

export type WriteStep =
  /** With everything below it. */
  | { readonly what: "remove"; readonly path: EtcPath }
  | { readonly what: "create"; readonly path: EtcPath; readonly result: Result }
  /** A directory that stays, with other attributes. */
  | { readonly what: "set-attributes"; readonly path: EtcPath; readonly result: Result };

/** Steps in an order in which each finds its directory: removals first, then from the top down. */
export const planWrites = (
  result: ReadonlyMap<EtcPath, Result>,
  image: EtcTree,
): readonly WriteStep[] => {
  const removals: WriteStep[] = [];
  const writes: WriteStep[] = [];
  const gone = new Set<EtcPath>();
  for (const path of [...image.keys()].sort()) {
    const parent = parentOf(path);
    const isGone = parent !== undefined && gone.has(parent);
    if (path === "" || (!isGone && stays(image.get(path), result.get(path)?.node))) continue;
    gone.add(path);
    if (!isGone) removals.push({ what: "remove", path });
  }
  for (const [path, one] of [...result].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!image.has(path) || gone.has(path)) writes.push({ what: "create", path, result: one });
    // The top is always set: what an overlay shows of it is the upper directory itself.
    else if (path === "" || !isSameNode(image.get(path), one.node)) {
      writes.push({ what: "set-attributes", path, result: one });
    }
  }
  return [...removals, ...writes];
};

/**
 * Whether a node of the image can stay where it is: files are made anew rather than changed, directories are changed,
 * unless they have extended attributes to get rid of.
 */
const stays = (there: EtcNode | undefined, wanted: EtcNode | undefined): boolean =>
  isSameNode(there, wanted) ||
  (there?.kind === "directory" &&
    wanted?.kind === "directory" &&
    (there.xattrs === "" || there.xattrs === wanted.xattrs));
