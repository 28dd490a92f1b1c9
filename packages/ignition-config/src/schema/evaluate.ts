/** Located values to plain ones, running the objects' own checks on the way. */
import type { Sink } from "../report/notes.ts";
import { markWithin } from "../text/source-text.ts";
import type { ObjectShape, Say, Schema, Shape } from "./shape.ts";
import { childOf, pathOf, type Tree } from "./tree.ts";

/** Finds the tree of a plain value again: objects have one each, lists may have left invalid items out. */
interface Places {
  readonly trees: WeakMap<object, Tree>;
  readonly items: WeakMap<object, readonly Tree[]>;
}

const stepInto = (
  places: Places,
  value: unknown,
  tree: Tree,
  step: string | number,
): Tree | undefined => {
  if (typeof value === "object" && value !== null && typeof step === "number") {
    const kept = places.items.get(value);
    if (kept !== undefined) return kept[step];
  }
  return childOf(tree, step);
};

const property = (value: unknown, step: string | number): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, step)
    ? Reflect.get(value, step)
    : undefined;

const speaker =
  (places: Places, sink: Sink): Say =>
  (anchor, path, violation) => {
    let value: unknown = anchor;
    let tree = places.trees.get(anchor);
    if (tree === undefined) throw new Error("a check spoke about a value that was not given to it");
    let missing: readonly (string | number)[] = [];
    for (const [index, step] of path.entries()) {
      const next = stepInto(places, value, tree, step);
      if (next === undefined) {
        missing = path.slice(index);
        break;
      }
      tree = next;
      value = property(value, step);
    }
    // What is invalid has been reported for what it is; that it is also missing would be misleading.
    if (tree.kind === "invalid") return;
    const { within } = violation;
    const at = within === undefined ? tree.at : markWithin(tree.at, within);
    sink({ violation, path: [...pathOf(tree.trail), ...missing], at });
  };

interface Context {
  readonly places: Places;
  readonly say: Say;
}

const evaluateList = (
  tree: Tree & { readonly kind: "list" },
  item: Shape,
  context: Context,
): unknown => {
  const values: unknown[] = [];
  const kept: Tree[] = [];
  for (const below of tree.items) {
    const value = evaluateTree(item, below, context);
    if (value === undefined) continue;
    values.push(value);
    kept.push(below);
  }
  context.places.trees.set(values, tree);
  context.places.items.set(values, kept);
  return values;
};

const evaluateFields = (
  tree: Tree & { readonly kind: "object" },
  shapeOf: (name: string) => Shape | undefined,
  context: Context,
): Readonly<Record<string, unknown>> => {
  const entries: (readonly [string, unknown])[] = [];
  for (const [name, below] of tree.fields) {
    const shape = shapeOf(name);
    const field = shape === undefined ? undefined : evaluateTree(shape, below, context);
    if (field !== undefined) entries.push([name, field]);
  }
  // Unlike assignment, this makes a key of any name, `__proto__` included.
  const value: Readonly<Record<string, unknown>> = Object.fromEntries(entries);
  context.places.trees.set(value, tree);
  return value;
};

const evaluateObject = (
  object: ObjectShape,
  tree: Tree & { readonly kind: "object" },
  context: Context,
): unknown => {
  const value = evaluateFields(tree, (name) => object.fields.get(name)?.shape, context);
  for (const [name, field] of object.fields) {
    if (field.required && !Object.hasOwn(value, name)) return undefined;
  }
  // The shape made sure that the value is what its check was declared for; the type is lost in `Shape`.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  object.check?.(value as never, context.say);
  return value;
};

/** The plain value, or undefined for one that is invalid or lacks a required field. */
const evaluateTree = (shape: Shape, tree: Tree, context: Context): unknown => {
  if (tree.kind === "value") return tree.value;
  if (tree.kind === "list" && shape.kind === "list") return evaluateList(tree, shape.item, context);
  if (tree.kind !== "object") return undefined;
  if (shape.kind === "map") return evaluateFields(tree, () => shape.value, context);
  const object = shape.kind === "either" ? shape.long : shape;
  return object.kind === "object" ? evaluateObject(object, tree, context) : undefined;
};

/**
 * The plain value of a tree that `schema` decoded (and perhaps merged). Invalid parts are left out, whatever breaks
 * a check of its object goes to `sink`. Undefined only if the tree is invalid as a whole.
 */
export const evaluate = <T>(schema: Schema<T>, tree: Tree, sink: Sink): T | undefined => {
  const places: Places = { trees: new WeakMap(), items: new WeakMap() };
  const value = evaluateTree(schema.shape, tree, { places, say: speaker(places, sink) });
  // `Fields<T>` made the compiler hold the shape against T, and decoding held the data against the shape.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return value as T | undefined;
};
