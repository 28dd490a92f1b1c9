/** Joins an included document and the including one, as Ignition merges a parent and its child. */
import { itemKey } from "./item-key.ts";
import type { ListShape, ObjectShape, Shape } from "./shape.ts";
import type { ListTree, ObjectTree, Tree } from "./tree.ts";

const uniteLists = (parent: ListTree, child: ListTree, shape: ListShape): ListTree => {
  if (child.items.length === 0) return parent;
  const byKey = new Map<string, Tree>();
  for (const item of child.items) {
    const key = itemKey(shape, item)?.text;
    if (key !== undefined && !byKey.has(key)) byKey.set(key, item);
  }
  const items = parent.items.map((item) => {
    const key = itemKey(shape, item)?.text;
    const over = key === undefined ? undefined : byKey.get(key);
    if (key === undefined || over === undefined) return item;
    byKey.delete(key);
    // A text that both have stays where it was first written: there is nothing to merge.
    return item.kind === "value" ? item : mergeTrees(shape.item, item, over);
  });
  const isNew = (item: Tree): boolean => {
    const key = itemKey(shape, item)?.text;
    return key === undefined || byKey.get(key) === item;
  };
  return { ...child, items: [...items, ...child.items.filter(isNew)] };
};

/** The parent's list without what the child has in another of the lists that share keys. */
const withoutMoved = (shape: ObjectShape, name: string, parent: Tree, child: ObjectTree): Tree => {
  const list = shape.fields.get(name)?.shape;
  if (parent.kind !== "list" || list?.kind !== "list") return parent;
  const moved = new Set<string>();
  for (const other of shape.sharedKeys) {
    const otherShape = shape.fields.get(other)?.shape;
    const tree = child.fields.get(other);
    if (other === name || tree?.kind !== "list" || otherShape?.kind !== "list") continue;
    for (const item of tree.items) {
      const key = itemKey(otherShape, item);
      if (key !== undefined) moved.add(key.text);
    }
  }
  if (moved.size === 0) return parent;
  const stays = (item: Tree): boolean => !moved.has(itemKey(list, item)?.text ?? "");
  return { ...parent, items: parent.items.filter(stays) };
};

const mergeObjects = (parent: ObjectTree, child: ObjectTree, shape: ObjectShape): ObjectTree => {
  const fields = new Map<string, Tree>();
  for (const [name, field] of shape.fields) {
    const below = parent.fields.get(name);
    const over = child.fields.get(name);
    const left =
      below !== undefined && shape.sharedKeys.includes(name)
        ? withoutMoved(shape, name, below, child)
        : below;
    if (left !== undefined && over !== undefined) {
      fields.set(name, mergeTrees(field.shape, left, over));
    } else {
      const only = over ?? left;
      if (only !== undefined) fields.set(name, only);
    }
  }
  return { ...child, fields };
};

/**
 * `child` over `parent`, both decoded by `shape`. Objects merge field by field, lists as their shape says, of
 * everything else the child's stays. Associative, unless an entry moves to another list and back; merging a document with itself gives its own values, except for
 * lists that append.
 */
export const mergeTrees = (shape: Shape, parent: Tree, child: Tree): Tree => {
  if (parent.kind === "object" && child.kind === "object") {
    if (shape.kind === "map") {
      const fields = new Map(parent.fields);
      for (const [name, over] of child.fields) {
        const below = fields.get(name);
        fields.set(name, below === undefined ? over : mergeTrees(shape.value, below, over));
      }
      return { ...child, fields };
    }
    if (shape.kind === "object" && !shape.whole) return mergeObjects(parent, child, shape);
    return child;
  }
  if (shape.kind === "list" && parent.kind === "list" && child.kind === "list") {
    if (shape.merge.how === "unite") return uniteLists(parent, child, shape);
    if (shape.merge.how === "append") {
      return { ...child, items: [...parent.items, ...child.items] };
    }
  }
  return child;
};
