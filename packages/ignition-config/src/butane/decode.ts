/** YAML nodes to values of a shape, by yaml.v3's rules: type errors are gathered, and what fits is kept. */
import type { CharacterPosition } from "../text/character-position.ts";
import {
  keyText,
  type RawAlias,
  type RawMapping,
  type RawNode,
  type RawScalar,
  type RawSequence,
} from "../yaml/raw-node.ts";
import { booleanWord, resolveScalar } from "../yaml/resolve-scalar.ts";
import type { Field, MapShape, ObjectShape, ScalarShape, Shape } from "./shape.ts";
import { type Fields, isFields, type Value } from "./value.ts";

export type Decoded =
  | { readonly ok: true; readonly fields: Fields }
  | { readonly ok: false; readonly message: string; readonly faults: readonly Fault[] };

/** What keeps a document from being read, and where that stands. */
export interface Fault {
  readonly message: string;
  readonly at: CharacterPosition;
}

/** Ends the decoding: yaml.v3 gives up at these. */
class Abandoned extends Error {}

/** Merge keys within merged mappings; each level is a level of our stack. */
const MAX_MERGES = 64;

/** More type errors than anyone reads. */
const MAX_FAULTS = 100;

interface State {
  readonly positionOf: (offset: number) => CharacterPosition;
  readonly faults: Fault[];
  readonly openAliases: Set<RawAlias>;
  steps: number;
  aliasSteps: number;
  merges: number;
}

/** Undefined where the value does not fit or is null. */
type Outcome = Value | undefined;

const EXPECTED: Readonly<Record<Shape["kind"], string>> = {
  text: "text",
  integer: "an integer",
  flag: "a boolean",
  list: "a list",
  object: "an object",
  map: "an object",
};

const addFault = (state: State, node: RawNode, message: string): void => {
  if (state.faults.length >= MAX_FAULTS) return;
  state.faults.push({ message, at: state.positionOf(node.start) });
};

const mismatch = (state: State, node: RawNode, shown: string, shape: Shape): undefined => {
  addFault(state, node, `cannot unmarshal ${shown} into ${EXPECTED[shape.kind]}`);
};

/** Of all steps, how many may be spent in aliases: 99 of 100 in documents of usual size, 1 of 10 in huge ones. */
const allowedAliasShare = (steps: number): number => {
  const low = 400_000;
  const high = 4_000_000;
  if (steps <= low) return 0.99;
  return steps >= high ? 0.1 : 0.99 - 0.89 * ((steps - low) / (high - low));
};

const countStep = (state: State): void => {
  state.steps += 1;
  if (state.openAliases.size > 0) state.aliasSteps += 1;
  const { steps, aliasSteps } = state;
  if (aliasSteps > 100 && steps > 1000 && aliasSteps / steps > allowedAliasShare(steps)) {
    throw new Abandoned("document contains excessive aliasing");
  }
};

const showScalar = (tag: string, text: string): string =>
  text.length > 10 ? `${tag} \`${text.slice(0, 7)}...\`` : `${tag} \`${text}\``;

/** Go's conversion of a float: the fraction is cut off, and what is too small becomes the smallest. */
const toInteger = (value: number): number | undefined => {
  if (!(value < 2 ** 63)) return undefined;
  return value < -(2 ** 63) ? -(2 ** 63) : Math.trunc(value);
};

const resolve = (
  node: RawScalar,
): Exclude<ReturnType<typeof resolveScalar>, { reason: string }> => {
  const resolved = resolveScalar(node);
  if ("reason" in resolved) throw new Abandoned(resolved.reason);
  return resolved;
};

const decodeScalar = (state: State, node: RawScalar, shape: Shape): Outcome => {
  const resolved = resolve(node);
  if (resolved.tag === "!!null") return undefined;
  switch (shape.kind) {
    case "text":
      return resolved.tag === "!!binary" && "text" in resolved ? resolved.text : node.text;
    case "integer": {
      const number =
        "value" in resolved && typeof resolved.value === "number"
          ? toInteger(resolved.value)
          : undefined;
      if (number !== undefined) return number;
      break;
    }
    case "flag": {
      if ("value" in resolved && typeof resolved.value === "boolean") return resolved.value;
      const word = "text" in resolved ? booleanWord(resolved.text) : undefined;
      if (word !== undefined) return word;
      break;
    }
    case "list":
    case "object":
    case "map":
      break;
  }
  return mismatch(state, node, showScalar(resolved.tag, node.text), shape);
};

const decodeSequence = (state: State, node: RawSequence, shape: Shape): Outcome => {
  if (shape.kind !== "list") return mismatch(state, node, node.tag || "!!seq", shape);
  const items: Value[] = [];
  for (const item of node.items) {
    // Null items vanish, and those after them move up.
    const value = decodeNode(state, item, shape.item);
    if (value !== undefined) items.push(value);
  }
  return items;
};

const hasDuplicates = (state: State, node: RawMapping): boolean => {
  const seen = new Map<string, RawNode>();
  let found = false;
  for (const { key } of node.entries) {
    const text = keyText(key);
    const name = `${key.kind}:${text}`;
    const before = seen.get(name);
    if (before === undefined) {
      seen.set(name, key);
      continue;
    }
    found = true;
    const { line } = state.positionOf(before.start);
    addFault(state, key, `mapping key ${JSON.stringify(text)} already defined at line ${line}`);
  }
  return found;
};

const isMergeKey = (key: RawNode): boolean =>
  key.kind === "scalar" &&
  key.text === "<<" &&
  (key.tag === "!!merge" || (key.tag === "" && !key.quoted));

const TEXT: ScalarShape = { kind: "text", nullable: false };

const fieldIndexes = new WeakMap<ObjectShape, ReadonlyMap<string, Field>>();
const fieldsByName = (shape: ObjectShape): ReadonlyMap<string, Field> => {
  const known = fieldIndexes.get(shape);
  if (known !== undefined) return known;
  const index = new Map(
    shape.fields.flatMap((field) => (field.yaml === undefined ? [] : [[field.yaml, field]])),
  );
  fieldIndexes.set(shape, index);
  return index;
};

/** The mappings that a merge key names. */
const mergedNodes = (value: RawNode): readonly RawNode[] => {
  const nodes = value.kind === "sequence" ? value.items : [value];
  for (const node of nodes) {
    const target = node.kind === "alias" ? node.target : node;
    if (target.kind !== "mapping") {
      throw new Abandoned("map merge requires map or sequence of maps as the value");
    }
  }
  return nodes;
};

/** The shape of a key's value; undefined for keys that are not read. */
const valueShape = (shape: ObjectShape | MapShape, name: string): Shape | undefined =>
  shape.kind === "map" ? TEXT : fieldsByName(shape).get(name)?.shape;

/** `settled` are keys that a mapping nearer to the document has given already. */
const fillObject = (
  state: State,
  node: RawMapping,
  shape: ObjectShape | MapShape,
  into: Fields,
  settled: Set<string> | undefined,
): void => {
  let merge: RawNode | undefined;
  const done = new Set<string>();
  for (const { key, value } of node.entries) {
    if (isMergeKey(key)) {
      merge = value;
      continue;
    }
    const name = decodeNode(state, key, TEXT);
    if (typeof name !== "string" || settled?.has(name) === true) continue;
    settled?.add(name);
    const inner = valueShape(shape, name);
    if (inner === undefined) continue;
    if (done.has(name)) {
      addFault(state, key, `field ${name} already set`);
      continue;
    }
    done.add(name);
    const decoded = decodeNode(state, value, inner);
    into[name] = shape.kind === "map" ? (decoded ?? "") : decoded;
  }
  if (merge === undefined) return;
  if (state.merges >= MAX_MERGES) throw new Abandoned("document contains excessive aliasing");
  state.merges += 1;
  const names = settled ?? new Set(node.entries.map(({ key }) => keyText(key)));
  for (const merged of mergedNodes(merge)) mergeInto(state, merged, shape, into, names);
  state.merges -= 1;
};

const mergeInto = (
  state: State,
  node: RawNode,
  shape: ObjectShape | MapShape,
  into: Fields,
  settled: Set<string>,
): void => {
  countStep(state);
  if (node.kind === "mapping") {
    if (!hasDuplicates(state, node)) fillObject(state, node, shape, into, settled);
  } else if (node.kind === "alias") {
    throughAlias(state, node, () => mergeInto(state, node.target, shape, into, settled));
  }
};

const decodeMapping = (state: State, node: RawMapping, shape: Shape): Outcome => {
  if (hasDuplicates(state, node)) return undefined;
  if (shape.kind !== "object" && shape.kind !== "map") {
    return mismatch(state, node, node.tag || "!!map", shape);
  }
  const into: Fields = {};
  // A map's names are the author's, `__proto__` among them.
  if (shape.kind === "map") Object.setPrototypeOf(into, null);
  fillObject(state, node, shape, into, undefined);
  return into;
};

const throughAlias = <Result>(state: State, alias: RawAlias, read: () => Result): Result => {
  if (state.openAliases.has(alias)) {
    throw new Abandoned(`anchor '${alias.name}' value contains itself`);
  }
  state.openAliases.add(alias);
  const result = read();
  state.openAliases.delete(alias);
  return result;
};

const decodeNode = (state: State, node: RawNode, shape: Shape): Outcome => {
  countStep(state);
  switch (node.kind) {
    case "alias":
      return throughAlias(state, node, () => decodeNode(state, node.target, shape));
    case "scalar":
      return decodeScalar(state, node, shape);
    case "sequence":
      return decodeSequence(state, node, shape);
    case "mapping":
      return decodeMapping(state, node, shape);
  }
};

/** The document as an object of the shape, or all that is of the wrong type in one text. Never throws. */
export const decodeDocument = (
  root: RawNode | undefined,
  shape: ObjectShape,
  positionOf: (offset: number) => CharacterPosition,
): Decoded => {
  if (root === undefined) return { ok: true, fields: {} };
  const state: State = {
    positionOf,
    faults: [],
    openAliases: new Set(),
    steps: 0,
    aliasSteps: 0,
    merges: 0,
  };
  try {
    const value = decodeNode(state, root, shape);
    const { faults } = state;
    if (faults.length > 0) {
      const lines = faults.map(({ message, at }) => `\n  line ${at.line}: ${message}`);
      return { ok: false, message: `yaml: unmarshal errors:${lines.join("")}`, faults };
    }
    return { ok: true, fields: isFields(value) ? value : {} };
  } catch (cause) {
    if (!(cause instanceof Abandoned)) throw cause;
    const fault = { message: cause.message, at: positionOf(root.start) };
    return { ok: false, message: `yaml: ${cause.message}`, faults: [fault] };
  }
};
