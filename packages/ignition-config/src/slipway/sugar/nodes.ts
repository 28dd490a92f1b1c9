/** The nodes of one document's `storage`, to which others are added. */
import { type ObjectTree, type Tree } from "../../schema/tree.ts";
import { fieldOf, itemsOf, type Origin, textOf, withFields, withItems } from "./build-tree.ts";

const LISTS = ["directories", "files", "links"] as const;

export type NodeList = (typeof LISTS)[number];

interface Known {
  readonly list: NodeList;
  readonly node: Tree;
}

export class NodeLists {
  readonly #known = new Map<string, Known>();
  readonly #added: Record<NodeList, Tree[]> = { directories: [], files: [], links: [] };
  /** Nodes of the document that have been completed, by what they were. */
  readonly #completed = new Map<Tree, Tree>();

  constructor(storage: Tree | undefined) {
    for (const list of LISTS) {
      for (const node of itemsOf(fieldOf(storage, list))) {
        const path = textOf(fieldOf(node, "path"));
        if (path !== undefined) this.#known.set(path, { list, node });
      }
    }
  }

  /** The list that has a node of this path, and the node as the document has it. */
  find(path: string): Known | undefined {
    return this.#known.get(path);
  }

  add(list: NodeList, path: string, node: Tree): void {
    this.#known.set(path, { list, node });
    this.#added[list].push(node);
  }

  /** Puts `node` in the place of one that the document has. */
  complete(path: string, { list, node: before }: Known, node: Tree): void {
    this.#known.set(path, { list, node });
    this.#completed.set(before, node);
  }

  /** The section with everything in it, without the fields that have been worked off. */
  storage(before: Tree | undefined, origin: Origin, worked: readonly string[]): ObjectTree {
    const base: ObjectTree =
      before?.kind === "object"
        ? before
        : { kind: "object", at: origin.at, trail: origin.trail, fields: new Map() };
    const lists = LISTS.map((name) => {
      const list = base.fields.get(name);
      const renewed =
        list?.kind === "list"
          ? { ...list, items: list.items.map((item) => this.#completed.get(item) ?? item) }
          : list;
      return [name, withItems(renewed, this.#added[name], origin)] as const;
    });
    return withFields(base, {
      ...Object.fromEntries(lists),
      ...Object.fromEntries(worked.map((name) => [name, undefined])),
    });
  }
}
