/** What was edited in /etc under one release and is not in another's: what a rollback leaves behind. It stays on the disk, and comes back with the slot. */
import { existsSync } from "node:fs";
import path from "node:path/posix";
import { whyNeverCarried } from "../etc/never-carried.ts";
import { isSameNode, showPath } from "../etc/node.ts";
import { type Scan, scanTree } from "../etc/scan.ts";
import type { Places } from "./context.ts";

/** More lines help nobody. */
const MOST_PATHS = 500;

/**
 * Paths below /etc, in order, that the upper of `from` has otherwise than that of `to`. The uppers hold what differs from the images, so that what
 * only the images changed is not in it; what was carried forward and is the same in both is not either.
 * @throws EtcError `UNREADABLE`, `KEEPS_CHANGING`
 */
export const etcLeftBehind = (
  { etcState }: Pick<Places, "etcState">,
  { from, to }: { readonly from: string; readonly to: string },
): readonly string[] => {
  const [left, kept] = [scanUpper(etcState, from), scanUpper(etcState, to)];
  const changed = [...left.tree]
    .filter(([file, node]) => node.kind !== "directory" && !isSameNode(node, kept.tree.get(file)))
    .map(([file]) => file);
  // What was removed is a device of the overlay's making.
  const removed = left.specials.filter((file) => !kept.specials.includes(file));
  return [...changed, ...removed]
    .filter((file) => whyNeverCarried(file) === undefined)
    .toSorted()
    .slice(0, MOST_PATHS)
    .map(showPath);
};

const NOTHING: Scan = { tree: new Map(), specials: [] };

/** A release that never was booted has none yet. */
const scanUpper = (etcState: string, roothash: string): Scan => {
  const upper = path.join(etcState, roothash, "upper");
  return existsSync(upper) ? scanTree(upper) : NOTHING;
};
