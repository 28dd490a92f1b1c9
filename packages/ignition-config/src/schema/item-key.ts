import type { ListShape } from "./shape.ts";
import type { Tree } from "./tree.ts";

/** What names an item in its list, and where that is written. */
export interface ItemKey {
  readonly text: string;
  readonly tree: Tree;
}

const keyOf = (tree: Tree | undefined, prefix = ""): ItemKey | undefined =>
  tree?.kind === "value" ? { text: prefix + String(tree.value), tree } : undefined;

/** The first of several fields that says something: 0 and an empty text are as good as none. */
const firstGiven = (tree: Tree, fields: readonly string[]): ItemKey | undefined => {
  if (tree.kind !== "object") return undefined;
  for (const name of fields) {
    const field = tree.fields.get(name);
    const isGiven = field?.kind === "value" && field.value !== 0 && field.value !== "";
    if (isGiven) return keyOf(field, `${name} `);
  }
  return undefined;
};

/** The key by which an item is merged and found twice; undefined where items have none or it is invalid. */
export const itemKey = ({ merge, item }: ListShape, tree: Tree): ItemKey | undefined => {
  if (merge.how === "append") return undefined;
  const isText = item.kind === "string" || item.kind === "enum";
  if (merge.how === "replace" || merge.key === "itself") return isText ? keyOf(tree) : undefined;
  if ("fields" in merge.key) return firstGiven(tree, merge.key.fields);
  return tree.kind === "object" ? keyOf(tree.fields.get(merge.key.field)) : undefined;
};
