/** The files, directories and links of a config by their paths, and adding to them. */
import type { Path } from "../report/finding.ts";
import { type Fields, isFields, objectAt, objectsAt, textAt } from "./value.ts";

export type NodeList = "files" | "directories" | "links";

const LISTS: readonly NodeList[] = ["files", "directories", "links"];

export interface Tracked {
  readonly node: Fields;
  readonly path: Path;
}

export interface NodeTracker {
  /** Whether any node has the path. */
  has(path: string): boolean;
  /** The node of that list with the path; it may be added to. */
  get(list: NodeList, path: string): Tracked | undefined;
  /** Adds a node; its path must not be taken yet. */
  add(list: NodeList, node: Fields): Tracked;
}

/** Tracks the nodes of the config, which is changed by `add`. */
export const trackNodes = (config: Fields): NodeTracker => {
  const storage: Fields = { ...objectAt(config, "storage") };
  const lists: Record<NodeList, Fields[]> = { files: [], directories: [], links: [] };
  const indexes: Record<NodeList, Map<string, number>> = {
    files: new Map(),
    directories: new Map(),
    links: new Map(),
  };
  const append = (list: NodeList, node: Fields): number => {
    const index = lists[list].push(node) - 1;
    indexes[list].set(textAt(node, "path") ?? "", index);
    return index;
  };
  for (const list of LISTS) {
    for (const node of objectsAt(storage, list)) append(list, node);
  }
  const at = (list: NodeList, index: number): Tracked | undefined => {
    const node = lists[list][index];
    return isFields(node) ? { node, path: ["storage", list, index] } : undefined;
  };
  return {
    has: (path) => LISTS.some((list) => indexes[list].has(path)),
    get: (list, path) => {
      const index = indexes[list].get(path);
      return index === undefined ? undefined : at(list, index);
    },
    add: (list, node) => {
      const index = append(list, node);
      storage[list] = lists[list];
      config["storage"] = storage;
      return { node, path: ["storage", list, index] };
    },
  };
};
