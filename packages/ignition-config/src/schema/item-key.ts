import type { ListShape } from "./shape.ts";
import type { Tree } from "./tree.ts";

/** What names an item in its list, and where that is written. */
export interface ItemKey {
  readonly text: string;
  readonly tree: Tree;
}

/** The key by which an item is merged and found twice; undefined where items have none or it is invalid. */
export const itemKey = ({ merge, item }: ListShape, tree: Tree): ItemKey | undefined => {
  if (merge.how === "append") return undefined;
  const isText = item.kind === "string" || item.kind === "enum";
  const field =
    merge.how === "unite" && merge.key !== "itself"
      ? tree.kind === "object"
        ? tree.fields.get(merge.key.field)
        : undefined
      : isText
        ? tree
        : undefined;
  if (field?.kind !== "value") return undefined;
  return { text: String(field.value), tree: field };
};
