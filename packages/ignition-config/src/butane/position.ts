/** Paths to places in the document. */
import type { Path } from "../report/finding.ts";
import { keyText, type RawEntry, type RawMapping, type RawNode } from "../yaml/raw-node.ts";

/** A warning about the object at `path`, or about one of its keys. */
export interface KeyNote {
  readonly path: Path;
  readonly key: string | undefined;
  readonly message: string;
}

const indexes = new WeakMap<RawMapping, ReadonlyMap<string, RawEntry>>();

/** A mapping's entries by their keys; of keys that stand twice the last. */
export const entriesByKey = (mapping: RawMapping): ReadonlyMap<string, RawEntry> => {
  const known = indexes.get(mapping);
  if (known !== undefined) return known;
  const index = new Map(mapping.entries.map((entry) => [keyText(entry.key), entry]));
  indexes.set(mapping, index);
  return index;
};

const childOf = (node: RawNode, part: string | number): RawNode | undefined => {
  if (node.kind === "mapping") {
    return typeof part === "string" ? entriesByKey(node).get(part)?.value : undefined;
  }
  return node.kind === "sequence" && typeof part === "number" ? node.items[part] : undefined;
};

/** The deepest node on the path. Aliases are where they stand, whatever they stand for. */
export const nodeAt = (root: RawNode, path: Path): RawNode => {
  let node = root;
  for (const part of path) {
    const child = childOf(node, part);
    if (child === undefined) break;
    node = child;
  }
  return node;
};

/** Where the path's deepest node begins, or the key of it that is meant. */
export const offsetOf = (root: RawNode, path: Path, key?: string): number => {
  const node = nodeAt(root, path);
  const entry =
    key === undefined || node.kind !== "mapping" ? undefined : entriesByKey(node).get(key);
  return (entry?.key ?? node).start;
};
