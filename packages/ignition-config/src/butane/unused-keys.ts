/** Keys that nothing reads. Butane warns about them and goes on. */
import type { RawNode } from "../yaml/raw-node.ts";
import type { ObjectShape, Shape } from "./shape.ts";
import type { Path } from "../report/finding.ts";
import { entriesByKey, type KeyNote } from "./position.ts";
import { type Fields, isFields, isList, type Value } from "./value.ts";

const checkObject = (
  node: RawNode,
  fields: Fields,
  shape: ObjectShape,
  path: Path,
  add: (note: KeyNote) => void,
): void => {
  if (node.kind !== "mapping") {
    const where = ["$", ...path].join(".");
    add({
      path,
      key: undefined,
      message: `context tree does not match content tree at ${where}. Line and column reporting may be inconsistent. Unused keys may not be reported`,
    });
    return;
  }
  const children = entriesByKey(node);
  const known = new Set(shape.fields.map(({ yaml }) => yaml));
  for (const key of children.keys()) {
    if (!known.has(key)) add({ path, key, message: `unused key ${key}` });
  }
  for (const { yaml, shape: fieldShape } of shape.fields) {
    const child = yaml === undefined ? undefined : children.get(yaml);
    if (yaml === undefined || child === undefined) continue;
    checkValue(child.value, fields[yaml], fieldShape, [...path, yaml], add);
  }
};

const checkValue = (
  node: RawNode,
  value: Value | undefined,
  shape: Shape,
  path: Path,
  add: (note: KeyNote) => void,
): void => {
  if (shape.kind === "object") {
    if (shape.nullable && value === undefined) return;
    checkObject(node, isFields(value) ? value : {}, shape, path, add);
  } else if (shape.kind === "list" && isList(value) && node.kind === "sequence") {
    for (const [index, item] of value.entries()) {
      const child = node.items[index];
      if (child !== undefined) checkValue(child, item, shape.item, [...path, index], add);
    }
  }
};

/** Walks document and value together; what stands behind an alias has no place in the document and is not looked at. */
export const findUnusedKeys = (
  root: RawNode,
  fields: Fields,
  shape: ObjectShape,
): readonly KeyNote[] => {
  const notes: KeyNote[] = [];
  checkObject(root, fields, shape, [], (note) => notes.push(note));
  return notes;
};
