/**
 * Merging two configs of one spec as Ignition does: field by field, lists by the keys of their items, the child before the parent.
 */
import type { Path } from "../report/finding.ts";
import { itemKey, property } from "./schema/item-key.ts";
import type { Minor } from "./schema/table.ts";
import { type Field, ignitionShapes, type Shape, type ShapeOf } from "./schema/tables.ts";
import type { ConfigAt } from "./schema/types.ts";
import type { Decoded, DecodedValue } from "./decode.ts";

/** One value of a merged config and what went into it; a value with parts of both inputs has one of these for each. */
export interface Mapping {
  readonly from: "parent" | "child";
  readonly fromPath: Path;
  readonly toPath: Path;
}

type Value = DecodedValue | undefined;
type Tag = "parent" | "child";

const isDecoded = (value: unknown): value is Decoded =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isList = (value: Value): value is readonly DecodedValue[] => Array.isArray(value);

const listOf = (value: Value): readonly DecodedValue[] => (isList(value) ? value : []);

/** Where an item of the child's lists is to be found. */
interface Found {
  readonly list: string;
  readonly index: number;
  readonly item: DecodedValue;
}

/** The places of the three objects at hand. */
interface Paths {
  readonly parent: Path;
  readonly child: Path;
  readonly to: Path;
}

const below = ({ parent, child, to }: Paths, name: string): Paths => ({
  parent: [...parent, name],
  child: [...child, name],
  to: [...to, name],
});

class Merger {
  readonly transcript: Mapping[] = [];
  readonly #shapeOf: ShapeOf;
  readonly #minor: Minor;

  constructor(minor: Minor) {
    this.#shapeOf = ignitionShapes(minor);
    this.#minor = minor;
  }

  object(parent: Decoded, child: Decoded, shape: Shape, paths: Paths): Decoded {
    const merged: Record<string, DecodedValue> = {};
    const childItems = this.#indexItems(child, shape);
    for (const [name, field] of shape.fields) {
      const inner = below(paths, name);
      const value = field.isList
        ? this.#list(listOf(parent[name]), listOf(child[name]), field, childItems, inner)
        : this.#single(parent[name], child[name], field, inner);
      if (value !== undefined) merged[name] = value;
    }
    return merged;
  }

  #single(parent: Value, child: Value, field: Field, paths: Paths): Value {
    if (!field.isObject) {
      // A value that cannot be unset is always the child's.
      const isChilds = field.presence !== "optional" || child !== undefined;
      return isChilds
        ? this.#take("child", child, field, paths)
        : this.#take("parent", parent, field, paths);
    }
    const isBare = field.table.nullUnsetsIn !== this.#minor;
    const shape = this.#shapeOf(field.type);
    if (!isDecoded(child) || (isBare && this.#isZero(child, shape))) {
      return this.#take("parent", parent, field, paths);
    }
    if (!isDecoded(parent) || (isBare && this.#isZero(parent, shape))) {
      return this.#take("child", child, field, paths);
    }
    const merged = this.object(parent, child, shape, paths);
    this.#note("parent", paths.parent, paths.to);
    this.#note("child", paths.child, paths.to);
    return merged;
  }

  /** Whether nothing is set in an object; an empty list counts as something. */
  #isZero(object: Decoded, shape: Shape): boolean {
    for (const [name, field] of shape.fields) {
      const value = object[name];
      if (isDecoded(value)) {
        if (!this.#isZero(value, this.#shapeOf(field.type))) return false;
      } else if (value !== undefined) {
        const isBare = !field.isList && field.presence !== "optional";
        if (!isBare || (value !== "" && value !== 0)) return false;
      }
    }
    return true;
  }

  /** The child's items by the set of keys that their list belongs to; of equal ones the last. */
  #indexItems(child: Decoded, shape: Shape): ReadonlyMap<string, ReadonlyMap<string, Found>> {
    const sets = new Map<string, Map<string, Found>>();
    for (const [name, field] of shape.fields) {
      if (!field.isList || field.table.duplicates === true) continue;
      const set = field.table.sharedKeys ?? name;
      const items = sets.get(set) ?? new Map<string, Found>();
      sets.set(set, items);
      for (const [index, item] of listOf(child[name]).entries()) {
        items.set(this.#keyOf(item, field), { list: name, index, item });
      }
    }
    return sets;
  }

  #keyOf(item: DecodedValue, field: Field): string {
    return itemKey(item, field.isObject ? this.#shapeOf(field.type) : undefined);
  }

  #list(
    parent: readonly DecodedValue[],
    child: readonly DecodedValue[],
    field: Field,
    childItems: ReadonlyMap<string, ReadonlyMap<string, Found>>,
    paths: Paths,
  ): Value {
    if (parent.length + child.length === 0) return undefined;
    if (field.table.duplicates === true) return this.#append(parent, child, field, paths);
    const found = childItems.get(field.table.sharedKeys ?? field.name) ?? new Map<string, Found>();
    return this.#unite(parent, child, field, found, paths);
  }

  #append(
    parent: readonly DecodedValue[],
    child: readonly DecodedValue[],
    field: Field,
    paths: Paths,
  ): Value {
    const items: DecodedValue[] = [];
    this.#takeItems("parent", parent, items, field, paths);
    this.#takeItems("child", child, items, field, paths);
    if (parent.length > 0) this.#note("parent", paths.parent, paths.to);
    if (child.length > 0) this.#note("child", paths.child, paths.to);
    return items;
  }

  #takeItems(
    from: Tag,
    list: readonly DecodedValue[],
    into: DecodedValue[],
    field: Field,
    paths: Paths,
  ): void {
    for (const index of list.keys()) this.#takeItem(from, list, index, into, field, paths);
  }

  #takeItem(
    from: Tag,
    list: readonly DecodedValue[],
    index: number,
    into: DecodedValue[],
    field: Field,
    paths: Paths,
  ): void {
    const item = list[index];
    if (item === undefined) return;
    this.#transcribe(from, [...paths[from], index], [...paths.to, into.length], item, field);
    into.push(item);
  }

  #unite(
    parent: readonly DecodedValue[],
    child: readonly DecodedValue[],
    field: Field,
    childItems: ReadonlyMap<string, Found>,
    paths: Paths,
  ): Value {
    const items: DecodedValue[] = [];
    const parentKeys = new Set<string>();
    let hasParents = false;
    let hasChilds = false;
    for (const [index, item] of parent.entries()) {
      const key = this.#keyOf(item, field);
      parentKeys.add(key);
      const found = childItems.get(key);
      // What the child has in another list gives way to it.
      if (found !== undefined && found.list !== field.name) continue;
      hasParents = true;
      if (found === undefined) {
        this.#takeItem("parent", parent, index, items, field, paths);
      } else {
        hasChilds = true;
        this.#uniteItem(item, index, found, items, field, paths);
      }
    }
    for (const [index, item] of child.entries()) {
      if (parentKeys.has(this.#keyOf(item, field))) continue;
      hasChilds = true;
      this.#takeItem("child", child, index, items, field, paths);
    }
    if (hasParents) this.#note("parent", paths.parent, paths.to);
    if (hasChilds) this.#note("child", paths.child, paths.to);
    return items;
  }

  #uniteItem(
    item: DecodedValue,
    index: number,
    found: Found,
    items: DecodedValue[],
    field: Field,
    paths: Paths,
  ): void {
    const parent = [...paths.parent, index];
    const child = [...paths.child, found.index];
    const to = [...paths.to, items.length];
    if (!isDecoded(item) || !isDecoded(found.item)) {
      this.#transcribe("child", child, to, found.item, field);
      items.push(found.item);
      return;
    }
    // A header without a value takes the parent's away.
    if (field.type === "HttpHeader" && found.item["value"] === undefined) return;
    const shape = this.#shapeOf(field.type);
    items.push(this.object(item, found.item, shape, { parent, child, to }));
    this.#note("parent", parent, to);
    this.#note("child", child, to);
  }

  #take(from: Tag, value: Value, field: Field, paths: Paths): Value {
    if (value !== undefined) this.#transcribe(from, paths[from], paths.to, value, field);
    return value;
  }

  #note(from: Tag, fromPath: Path, toPath: Path): void {
    this.transcript.push({ from, fromPath, toPath });
  }

  /** Notes a value and all in it as taken whole, parts first; false where there is nothing in it to note. */
  #transcribe(
    from: Tag,
    fromPath: Path,
    toPath: Path,
    value: DecodedValue,
    field: Field,
    isItem = false,
  ): boolean {
    let isNoted: boolean;
    if (isList(value)) {
      isNoted = false;
      for (const [index, item] of value.entries()) {
        const inner = [
          [...fromPath, index],
          [...toPath, index],
        ] as const;
        isNoted = this.#transcribe(from, ...inner, item, field, true) || isNoted;
      }
    } else if (isDecoded(value)) {
      isNoted = this.#transcribeFields(from, fromPath, toPath, value, field);
    } else {
      const isBare = isItem || field.isList || field.presence !== "optional";
      isNoted = !isBare || (value !== "" && value !== 0);
    }
    if (isNoted) this.#note(from, fromPath, toPath);
    return isNoted;
  }

  #transcribeFields(
    from: Tag,
    fromPath: Path,
    toPath: Path,
    value: Decoded,
    field: Field,
  ): boolean {
    let isNoted = false;
    for (const [name, inner] of this.#shapeOf(field.type).fields) {
      const part = value[name];
      if (part === undefined) continue;
      const isPart = this.#transcribe(from, [...fromPath, name], [...toPath, name], part, inner);
      isNoted = isPart || isNoted;
    }
    return isNoted;
  }
}

/** True by construction: the result has the fields of the inputs. */
const isConfig = <M extends Minor>(value: Decoded, _minor: M): value is Decoded & ConfigAt<M> =>
  property(value, "ignition") !== undefined;

const asDecoded = (value: object): Decoded => {
  if (isDecoded(value)) return value;
  throw new Error("a config is an object");
};

const ROOT: Paths = { parent: [], child: [], to: [] };

/** A merged config and where each of its values comes from. */
export interface MergedIgnition<M extends Minor> {
  readonly config: ConfigAt<M>;
  /** Parts before wholes. */
  readonly transcript: readonly Mapping[];
}

/** Lays the child over the parent, both of one spec. The result may be invalid: see `checkIgnition`. */
export const mergeIgnition = <M extends Minor>(
  parent: ConfigAt<M>,
  child: ConfigAt<M>,
  minor: M,
): MergedIgnition<M> => {
  const merger = new Merger(minor);
  const shape = ignitionShapes(minor)("Config");
  const merged = merger.object(asDecoded(parent), asDecoded(child), shape, ROOT);
  const config = { ignition: { version: "" }, ...merged };
  if (!isConfig(config, minor)) throw new Error("a merged config has the fields of a config");
  return { config, transcript: merger.transcript };
};
