/**
 * Merging what Butane made up with what the author wrote, by Ignition's rules, so that single made-up fields can be overridden.
 * HTTP headers are merged like any other list: no made-up part has one, so a header is never removed.
 */
import type { Path } from "../report/finding.ts";
import { isZero, type ListShape, type ObjectShape, type ScalarShape, type Shape } from "./shape.ts";
import { addTranslation, noTranslations, sourceOf, type Translations } from "./translations.ts";
import { type Fields, isFields, isList, listAt, type Value } from "./value.ts";

/** A config and where its parts come from. */
export interface Traced {
  readonly config: Fields;
  readonly translations: Translations;
}

type Side = "parent" | "child";

/** Notes that a part of the result was taken from a part of one side. */
type Record = (side: Side, from: Path, to: Path) => void;

/** A value and its path in its own config. */
interface At<Content> {
  readonly value: Content;
  readonly path: Path;
}

/** Notes a value taken whole; answers whether there was anything in it. */
const recordWhole = (
  record: Record,
  side: Side,
  { value, path }: At<Value | undefined>,
  to: Path,
  shape: Shape,
): boolean => {
  let found = false;
  if (shape.kind === "object") {
    if (!isFields(value)) return false;
    for (const { json, shape: fieldShape } of shape.fields) {
      if (json === undefined) continue;
      const field = { value: value[json], path: [...path, json] };
      if (recordWhole(record, side, field, [...to, json], fieldShape)) found = true;
    }
  } else if (shape.kind === "list") {
    if (!isList(value)) return false;
    for (const [index, item] of value.entries()) {
      const at = { value: item, path: [...path, index] };
      if (recordWhole(record, side, at, [...to, index], shape.item)) found = true;
    }
  } else {
    found = !isZero(value, shape, "json");
  }
  if (found) record(side, path, to);
  return found;
};

interface ChildItem {
  readonly list: string;
  readonly index: number;
  readonly item: Value;
}

/** The child's items by their keys, over all lists of the object that share keys. */
type ChildItems = (group: string, key: string) => ChildItem | undefined;

const indexChild = (child: Fields, shape: ObjectShape): ChildItems => {
  const groups = new Map<string, Map<string, ChildItem>>();
  for (const { json, shape: field } of shape.fields) {
    if (json === undefined || field.kind !== "list" || field.join.kind !== "keyed") continue;
    const { group, key } = field.join;
    const items = groups.get(group) ?? new Map<string, ChildItem>();
    groups.set(group, items);
    for (const [index, item] of listAt(child, json).entries()) {
      items.set(key(item), { list: json, index, item });
    }
  }
  return (group, key) => groups.get(group)?.get(key);
};

type Lists = { readonly [side in Side]: At<readonly Value[]> };

const appendLists = (
  record: Record,
  { parent, child }: Lists,
  to: Path,
  shape: ListShape,
): readonly Value[] => {
  const result: Value[] = [];
  for (const [side, list] of [
    ["parent", parent],
    ["child", child],
  ] as const) {
    for (const [index, item] of list.value.entries()) {
      const at = { value: item, path: [...list.path, index] };
      recordWhole(record, side, at, [...to, result.length], shape.item);
      result.push(item);
    }
  }
  if (parent.value.length > 0) record("parent", parent.path, to);
  if (child.value.length > 0) record("child", child.path, to);
  return result;
};

const joinLists = (
  record: Record,
  name: string,
  { parent, child }: Lists,
  to: Path,
  shape: ListShape,
  childItems: ChildItems,
): readonly Value[] => {
  if (shape.join.kind === "append") return appendLists(record, { parent, child }, to, shape);
  const { key, group } = shape.join;
  const result: Value[] = [];
  const takenFrom = new Set<Side>();

  for (const [index, item] of parent.value.entries()) {
    const path = [...parent.path, index];
    const target = [...to, result.length];
    const match = childItems(group, key(item));
    if (match === undefined) {
      recordWhole(record, "parent", { value: item, path }, target, shape.item);
      result.push(item);
      takenFrom.add("parent");
    } else if (match.list === name) {
      takenFrom.add("parent").add("child");
      const childPath = [...child.path, match.index];
      result.push(
        mergeItems(
          record,
          { value: item, path },
          { value: match.item, path: childPath },
          target,
          shape.item,
        ),
      );
    }
  }
  const parentKeys = new Set(parent.value.map(key));
  for (const [index, item] of child.value.entries()) {
    if (parentKeys.has(key(item))) continue;
    const at = { value: item, path: [...child.path, index] };
    recordWhole(record, "child", at, [...to, result.length], shape.item);
    result.push(item);
    takenFrom.add("child");
  }
  if (takenFrom.has("parent")) record("parent", parent.path, to);
  if (takenFrom.has("child")) record("child", child.path, to);
  return result;
};

const mergeItems = (
  record: Record,
  parent: At<Value>,
  child: At<Value>,
  to: Path,
  shape: Shape,
): Value => {
  if (shape.kind !== "object" || !isFields(parent.value) || !isFields(child.value)) {
    recordWhole(record, "child", child, to, shape);
    return child.value;
  }
  const merged = mergeObjects(
    record,
    { value: parent.value, path: parent.path },
    { value: child.value, path: child.path },
    to,
    shape,
  );
  record("parent", parent.path, to);
  record("child", child.path, to);
  return merged;
};

const mergeField = (
  record: Record,
  parent: At<Value | undefined>,
  child: At<Value | undefined>,
  to: Path,
  shape: ScalarShape | ObjectShape,
): Value | undefined => {
  if (shape.kind === "object") {
    const hasParent = !isZero(parent.value, shape, "json");
    const hasChild = !isZero(child.value, shape, "json");
    if (hasParent && hasChild && parent.value !== undefined && child.value !== undefined) {
      return mergeItems(
        record,
        { value: parent.value, path: parent.path },
        { value: child.value, path: child.path },
        to,
        shape,
      );
    }
    const [side, taken] = hasChild ? (["child", child] as const) : (["parent", parent] as const);
    recordWhole(record, side, taken, to, shape);
    return taken.value;
  }
  // A value that cannot be unset is always the child's.
  const isParents = shape.nullable && child.value === undefined;
  const [side, taken] = isParents ? (["parent", parent] as const) : (["child", child] as const);
  recordWhole(record, side, taken, to, shape);
  return taken.value;
};

const mergeObjects = (
  record: Record,
  parent: At<Fields>,
  child: At<Fields>,
  to: Path,
  shape: ObjectShape,
): Fields => {
  const result: Fields = {};
  const childItems = indexChild(child.value, shape);
  for (const { json, shape: fieldShape } of shape.fields) {
    if (json === undefined || fieldShape.kind === "map") continue;
    const target = [...to, json];
    const paths = { parent: [...parent.path, json], child: [...child.path, json] };
    if (fieldShape.kind === "list") {
      const lists = {
        parent: { value: listAt(parent.value, json), path: paths.parent },
        child: { value: listAt(child.value, json), path: paths.child },
      };
      if (lists.parent.value.length + lists.child.value.length === 0) continue;
      result[json] = joinLists(record, json, lists, target, fieldShape, childItems);
      continue;
    }
    const value = mergeField(
      record,
      { value: parent.value[json], path: paths.parent },
      { value: child.value[json], path: paths.child },
      target,
      fieldShape,
    );
    if (value !== undefined) result[json] = value;
  }
  return result;
};

/**
 * Merges `child` over `parent`. Where both gave something, the child's place is kept: the parent is made up, and comes from a
 * place that has little to do with it.
 */
export const mergeTraced = (parent: Traced, child: Traced, shape: ObjectShape): Traced => {
  const translations = noTranslations();
  const record: Record = (side, from, to) => {
    const source = sourceOf((side === "parent" ? parent : child).translations, from);
    if (source === undefined) return;
    if (side === "parent" && sourceOf(translations, to) !== undefined) return;
    addTranslation(translations, source, to);
  };
  const config = mergeObjects(
    record,
    { value: parent.config, path: [] },
    { value: child.config, path: [] },
    [],
    shape,
  );
  return { config, translations };
};
