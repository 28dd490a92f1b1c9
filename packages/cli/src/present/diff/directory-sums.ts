/** Many changed files as few lines: summed up by directory, finer where more changed. Pure. */
import type { FileChange, FileNode } from "@slipway/composer";

/** What changed at a place and below; `only` when that is one file. */
export interface DirectorySum {
  /** Absolute; of a directory with a slash at its end. */
  readonly path: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** By how much the files' sizes grew together, in bytes. */
  readonly grownBytes: number;
  readonly only?: FileChange;
}

interface Directory {
  readonly path: string;
  /** What changed in it, and the directory itself. */
  readonly own: readonly FileChange[];
  readonly below: ReadonlyMap<string, Directory>;
}

/** At most `most` sums, but for a root with more directories than that; ordered by path, each change in one of them. */
export const directorySums = (
  changes: readonly FileChange[],
  most: number,
): readonly DirectorySum[] => {
  let places: readonly Directory[] = [descend(treeOf(changes))];
  const whole = new Set<Directory>();
  for (;;) {
    const next = places
      .filter((place) => !whole.has(place) && place.below.size > 0)
      .reduce<Directory | undefined>(
        (best, one) => (best === undefined || count(one) > count(best) ? one : best),
        undefined,
      );
    if (next === undefined) break;
    const opened = [
      ...(next.own.length === 0 ? [] : [{ ...next, below: NOTHING }]),
      ...[...next.below.values()].map(descend),
    ];
    if (places.length - 1 + opened.length > most) whole.add(next);
    else places = places.flatMap((place) => (place === next ? opened : [place]));
  }
  return places.map(sumOf).toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
};

const NOTHING: ReadonlyMap<string, Directory> = new Map();

interface Growing {
  readonly path: string;
  readonly own: FileChange[];
  readonly below: Map<string, Growing>;
}

const treeOf = (changes: readonly FileChange[]): Directory => {
  const root: Growing = { path: "/", own: [], below: new Map() };
  for (const change of changes) {
    const names = change.path.split("/").filter((name) => name !== "");
    const isDirectory = nodeOf(change).type === "directory";
    let place = root;
    for (const name of isDirectory ? names : names.slice(0, -1)) {
      const below = place.below.get(name) ?? {
        path: `${place.path}${name}/`,
        own: [],
        below: new Map(),
      };
      place.below.set(name, below);
      place = below;
    }
    place.own.push(change);
  }
  return root;
};

/** Into what has everything that changed. */
const descend = (directory: Directory): Directory => {
  let place = directory;
  for (;;) {
    const [only] = place.below.values();
    if (place.own.length > 0 || place.below.size !== 1 || only === undefined) return place;
    place = only;
  }
};

const allOf = ({ own, below }: Directory): readonly FileChange[] => [
  ...own,
  ...[...below.values()].flatMap(allOf),
];

const count = (directory: Directory): number => allOf(directory).length;

const sumOf = (directory: Directory): DirectorySum => {
  const all = allOf(directory);
  const [only] = all;
  const kinds = (kind: FileChange["change"]): number =>
    all.filter(({ change }) => change === kind).length;
  return {
    path: directory.path,
    added: kinds("added"),
    removed: kinds("removed"),
    changed: kinds("changed"),
    grownBytes: all.reduce((sum, one) => sum + grownBy(one), 0),
    ...(only === undefined || all.length > 1 ? {} : { only }),
  };
};

/** The node as it is now, or was. */
export const nodeOf = (change: FileChange): FileNode =>
  change.change === "removed" ? change.before : change.after;

const grownBy = (change: FileChange): number => {
  const after = change.change === "removed" ? 0 : (change.after.size ?? 0);
  const before = change.change === "added" ? 0 : (change.before.size ?? 0);
  return after - before;
};
