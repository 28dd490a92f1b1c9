import { baseName, parentOf } from "./tree-path.ts";
import type { FileType } from "../file-type.ts";
import type { TreeEntry } from "./tree-entry.ts";

/** What is kept of an entry once the walk has gone on. */
export interface IndexedEntry {
  readonly type: FileType;
  readonly target?: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
}

/** Where a path leads, every link followed within the tree. */
export type Resolution =
  | { readonly kind: "found"; readonly path: string; readonly entry: IndexedEntry }
  | { readonly kind: "missing"; readonly path: string }
  /** Leads into a place that is filled at run time, such as `/run`; nothing can be said about it. */
  | { readonly kind: "volatile"; readonly path: string }
  | { readonly kind: "loop"; readonly path: string };

/** The names of a tree. */
export interface TreeIndex {
  readonly get: (path: string) => IndexedEntry | undefined;
  /** The names in a directory, in the order of the tree; empty where there is no such directory. */
  readonly children: (directory: string) => readonly string[];
  readonly resolve: (path: string) => Resolution;
}

/** Filled by the kernel, by systemd or by the node, so that links into them cannot be judged here. */
const VOLATILE: ReadonlySet<string> = new Set(["/dev", "/proc", "/run", "/sys", "/tmp", "/var"]);

/** As many as Linux follows: path_resolution(7). */
const MAX_LINKS = 40;

/** An index to be filled while a tree is walked. */
export interface GrowingIndex extends TreeIndex {
  readonly add: (entry: TreeEntry) => void;
}

export const growingIndex = (): GrowingIndex => {
  const entries = new Map<string, IndexedEntry>();
  const children = new Map<string, string[]>();

  const add = (entry: TreeEntry): void => {
    const { type, mode, uid, gid, size, target } = entry;
    const kept = { type, mode, uid, gid, size };
    entries.set(entry.path, target === undefined ? kept : { ...kept, target });
    if (entry.path === "/") return;
    const parent = parentOf(entry.path);
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [baseName(entry.path)]);
    else siblings.push(baseName(entry.path));
  };

  const resolve = (path: string): Resolution => {
    const pending = components(path);
    let here = "/";
    let links = 0;
    while (pending.length > 0) {
      const name = pending.pop() ?? "";
      if (name === "..") {
        here = parentOf(here);
        continue;
      }
      const next = here === "/" ? `/${name}` : `${here}/${name}`;
      const entry = entries.get(next);
      if (entry === undefined) return notFound(next);
      if (entry.type !== "link") {
        here = next;
        continue;
      }
      if (++links > MAX_LINKS) return { kind: "loop", path: next };
      const target = entry.target ?? "";
      if (target.startsWith("/")) here = "/";
      pending.push(...components(target));
    }
    const entry = entries.get(here);
    return entry === undefined ? notFound(here) : { kind: "found", path: here, entry };
  };

  return {
    add,
    get: (path) => entries.get(path),
    children: (directory) => children.get(directory) ?? [],
    resolve,
  };
};

const notFound = (path: string): Resolution => {
  const top = `/${path.split("/")[1] ?? ""}`;
  return { kind: VOLATILE.has(top) ? "volatile" : "missing", path };
};

/** In reverse, so that the next one is popped off the end. */
const components = (path: string): string[] =>
  path
    .split("/")
    .filter((name) => name !== "" && name !== ".")
    .toReversed();
