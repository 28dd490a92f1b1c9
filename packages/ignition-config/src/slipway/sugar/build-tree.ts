/** Located values that no document holds as they are: all of them stand where what they were made of stands. */
import type { ObjectTree, Tree } from "../../schema/tree.ts";

/** Where made values are said to be. */
export type Origin = Pick<Tree, "at" | "trail">;

export const madeValue = (value: string | number | boolean, { at, trail }: Origin): Tree => ({
  kind: "value",
  at,
  trail,
  value,
});

/** Fields that are undefined are left out. */
export const madeObject = (
  fields: Readonly<Record<string, Tree | undefined>>,
  { at, trail }: Origin,
): ObjectTree => ({
  kind: "object",
  at,
  trail,
  fields: new Map(
    Object.entries(fields).flatMap(([name, tree]) => (tree === undefined ? [] : [[name, tree]])),
  ),
});

/** The field of an object; undefined of anything else. */
export const fieldOf = (tree: Tree | undefined, name: string): Tree | undefined =>
  tree?.kind === "object" ? tree.fields.get(name) : undefined;

/** The text of a value. */
export const textOf = (tree: Tree | undefined): string | undefined =>
  tree?.kind === "value" ? String(tree.value) : undefined;

/** The items of a list; none of anything else. */
export const itemsOf = (tree: Tree | undefined): readonly Tree[] =>
  tree?.kind === "list" ? tree.items : [];

/** The object with other fields; undefined takes one away. */
export const withFields = (
  tree: ObjectTree,
  changes: Readonly<Record<string, Tree | undefined>>,
): ObjectTree => {
  const fields = new Map(tree.fields);
  for (const [name, change] of Object.entries(changes)) {
    if (change === undefined) fields.delete(name);
    else fields.set(name, change);
  }
  return { ...tree, fields };
};

/** The list with more items; a new one where there is none. */
export const withItems = (
  list: Tree | undefined,
  more: readonly Tree[],
  origin: Origin,
): Tree | undefined => {
  if (more.length === 0) return list;
  if (list?.kind === "list") return { ...list, items: [...list.items, ...more] };
  return { kind: "list", at: origin.at, trail: origin.trail, items: more };
};
