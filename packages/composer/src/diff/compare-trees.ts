/** Walks two roots side by side. Memory holds the changes and one directory a level, not the roots. */
import type { ErofsName } from "../inspect/erofs-directory.ts";
import type { ErofsInode } from "../inspect/erofs-inode.ts";
import { FormatError } from "@slipway/release";
import type { RootTree } from "./root-tree.ts";
import { aspectsOf, type FileChange, type FileNode, modeText } from "./file-change.ts";
import { compareTexts } from "./order.ts";

export interface TreeComparison {
  /** Whether two files of equal size have equal bytes. */
  readonly isSameData: (before: ErofsInode, after: ErofsInode) => Promise<boolean>;
  /** What a name of the earlier root is called in the later one, a new kernel's release being in it. */
  readonly renamed?: (name: string) => string;
  readonly signal?: AbortSignal;
}

/** Far above any root that fits a slot; what has more was made to exhaust us. */
const MOST_NODES = 1_000_000;

/** PATH_MAX of Linux. */
const LONGEST_PATH = 4096;

/**
 * Everything in which the roots differ, ordered by path. What is below an added or removed directory is listed too.
 * @throws FormatError when an image's directories are in a circle, or hold a name twice, or more than a million.
 */
export const compareTrees = async (
  before: RootTree,
  after: RootTree,
  comparison: TreeComparison,
): Promise<readonly FileChange[]> => {
  const walk = openWalk(comparison);
  const [old, now] = [openSide(before), openSide(after)];
  await walk.pair(
    { side: old, path: "", inode: await before.inode(before.rootNid) },
    { side: now, path: "", inode: await after.inode(after.rootNid) },
  );
  return walk.changes.toSorted((a, b) => compareTexts(a.path, b.path));
};

/** One root, and which of its directories were read already. */
interface Side {
  readonly tree: RootTree;
  readonly names: (directory: Found) => Promise<ReadonlyMap<string, ErofsName>>;
}

interface Found {
  readonly side: Side;
  /** Absolute; empty for the root. */
  readonly path: string;
  readonly inode: ErofsInode;
}

const openSide = (tree: RootTree): Side => {
  const seen = new Set<number>();
  let nodes = 0;
  return {
    tree,
    names: async ({ path, inode }) => {
      if (seen.has(inode.nid)) throw forged(`the directory ${show(path)} stands in two places`);
      seen.add(inode.nid);
      const names = await tree.list(inode.nid);
      nodes += names.length;
      if (nodes > MOST_NODES) throw forged(`more than ${MOST_NODES} names`);
      const map = new Map<string, ErofsName>();
      for (const name of names) {
        if (name.name === "" || name.name.includes("/")) {
          throw forged(`the name ${show(name.name)} in ${show(path)}`);
        }
        if (map.has(name.name)) throw forged(`${show(`${path}/${name.name}`)} twice`);
        if (path.length + name.name.length >= LONGEST_PATH) throw forged("a path without end");
        map.set(name.name, name);
      }
      return map;
    },
  };
};

const openWalk = ({ isSameData, renamed = (name) => name, signal }: TreeComparison) => {
  const changes: FileChange[] = [];

  const single = async (found: Found, change: "added" | "removed"): Promise<void> => {
    const { path, inode } = found;
    const node = await describe(found);
    changes.push(
      change === "added" ? { change, path, after: node } : { change, path, before: node },
    );
    if (inode.type === "directory") await below(found, change);
  };

  const below = async (directory: Found, change: "added" | "removed"): Promise<void> => {
    signal?.throwIfAborted();
    for (const name of (await directory.side.names(directory)).values()) {
      await single(await child(directory, name), change);
    }
  };

  const pair = async (before: Found, after: Found): Promise<void> => {
    const [old, now] = [await describe(before), await describe(after)];
    const isFile = before.inode.type === "file" && after.inode.type === "file";
    const isSame =
      !isFile ||
      (before.inode.size === after.inode.size && (await isSameData(before.inode, after.inode)));
    const aspects = aspectsOf(old, now, isSame);
    if (aspects.length > 0) {
      changes.push({
        change: "changed",
        path: after.path === "" ? "/" : after.path,
        ...(before.path === after.path ? {} : { pathBefore: before.path }),
        aspects,
        before: old,
        after: now,
      });
    }
    const [wasDirectory, isDirectory] = [before, after].map(
      ({ inode }) => inode.type === "directory",
    );
    if (wasDirectory === true && isDirectory === true) await directories(before, after);
    else if (wasDirectory === true) await below(before, "removed");
    else if (isDirectory === true) await below(after, "added");
  };

  const directories = async (before: Found, after: Found): Promise<void> => {
    signal?.throwIfAborted();
    const [old, now] = [await before.side.names(before), await after.side.names(after)];
    const left = new Map(now);
    for (const [name, entry] of old) {
      const here = counterpart(name, old, now);
      const other = here === undefined ? undefined : left.get(here);
      if (here === undefined || other === undefined) {
        await single(await child(before, entry), "removed");
      } else {
        left.delete(here);
        await pair(await child(before, entry), await child(after, other));
      }
    }
    for (const entry of left.values()) await single(await child(after, entry), "added");
  };

  const counterpart = (
    name: string,
    old: ReadonlyMap<string, ErofsName>,
    now: ReadonlyMap<string, ErofsName>,
  ): string | undefined => {
    if (now.has(name)) return name;
    const other = renamed(name);
    // A name that both have is its own counterpart.
    return now.has(other) && !old.has(other) ? other : undefined;
  };

  return { changes, pair };
};

const child = async ({ side, path }: Found, { name, nid }: ErofsName): Promise<Found> => ({
  side,
  path: `${path}/${name}`,
  inode: await side.tree.inode(nid),
});

const describe = async ({ side: { tree }, inode }: Found): Promise<FileNode> => {
  const { type, mode, uid, gid } = inode;
  const xattrs = await tree.xattrs(inode);
  return {
    type,
    mode: modeText(mode),
    uid,
    gid,
    ...(type === "file" ? { size: inode.size } : {}),
    ...(type === "link" ? { target: await tree.linkTarget(inode) } : {}),
    ...(type.endsWith("-device") ? { device: deviceText(inode.block) } : {}),
    ...(Object.keys(xattrs).length === 0 ? {} : { xattrs }),
  };
};

/** `new_encode_dev` of include/linux/kdev_t.h: minor's low byte, twelve bits of major, the rest of minor. */
const deviceText = (device: number): string =>
  `${(device >>> 8) & 0xfff}:${(device & 0xff) | ((device >>> 12) & 0xfff00)}`;

const forged = (what: string): FormatError => new FormatError("OUT_OF_RANGE", "EROFS", what);

const show = (text: string): string => JSON.stringify(text);
