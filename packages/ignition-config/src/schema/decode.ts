/** YAML nodes to located values: types, unknown and missing keys, and the rules about single values. */
import type { Sink } from "../report/notes.ts";
import { quote, type Violation } from "../report/violation.ts";
import { nearest } from "../text/nearest.ts";
import type { Mark } from "../text/source-text.ts";
import { plainKind, readBoolean, readInteger } from "../yaml/scalar-value.ts";
import { isNull, type YamlMapping, type YamlNode, type YamlScalar } from "../yaml/yaml-node.ts";
import { uniquePlaces } from "./elsewhere.ts";
import type {
  EitherShape,
  EnumShape,
  IntShape,
  ListShape,
  MapShape,
  ObjectShape,
  Shape,
  StringShape,
} from "./shape.ts";
import { pathOf, type Steps, type Tree } from "./tree.ts";
import type { Expand } from "../variables/expand.ts";
import { mayRefer } from "../variables/reference.ts";

interface Context {
  readonly sink: Sink;
  /** Where a misplaced key belongs. */
  readonly places: ReadonlyMap<string, string>;
  /** Puts variables into scalars. */
  readonly expand: Expand;
}

const say = ({ sink }: Context, at: Mark, trail: Steps, violation: Violation): void => {
  sink({ violation, path: pathOf(trail), at });
};

const EXPECTED: Readonly<Record<Shape["kind"], string>> = {
  string: "text",
  scalar: "a text, a number, true or false",
  enum: "a word",
  int: "a whole number",
  bool: "true or false",
  list: "a list",
  map: "a mapping of names to values",
  object: "a mapping",
  either: "text or a mapping",
};

const describeNode = (node: YamlNode): string => {
  if (node.kind === "sequence") return "a list";
  if (node.kind !== "scalar") return "a mapping";
  if (!node.plain) return "text";
  const kind = plainKind(node.text);
  if (kind === "null") return "nothing";
  return kind === "text" ? "text" : `the ${kind} ${quote(node.text)}`;
};

const GIVE: Readonly<Record<Shape["kind"], string>> = {
  string: "give one text",
  scalar: "give one value",
  enum: "give one word",
  int: "give a number, without quotes or a unit",
  bool: "write `true` or `false`",
  list: "put `- ` before each item, or brackets around them",
  map: "write `NAME: VALUE` lines below it, indented",
  object: "write its keys below it, indented",
  either: "give one text, or keys below it, indented",
};

const variableHint = (shape: Shape, name: string): string => {
  const type = shape.kind === "int" || shape.kind === "bool" ? shape.kind : "string";
  return `declare variable ${quote(name)} with \`type: ${type}\``;
};

const typeHint = (shape: Shape, node: YamlNode): string => {
  if (node.kind !== "scalar") return GIVE[shape.kind];
  if (node.variable !== undefined) return variableHint(shape, node.variable);
  const isText = shape.kind === "string" || shape.kind === "enum" || shape.kind === "either";
  if (isText && node.plain && node.text.length < 40) return `quote it: "${node.text}"`;
  const unquoted =
    (shape.kind === "int" && readInteger(node.text, shape.notation) !== undefined) ||
    (shape.kind === "bool" && readBoolean(node.text) !== undefined);
  return !node.plain && unquoted ? "remove the quotes" : GIVE[shape.kind];
};

const wrongType = (shape: Shape, node: YamlNode): Violation => ({
  rule: "wrong-type",
  message: `expected ${EXPECTED[shape.kind]}, found ${describeNode(node)}`,
  hint: typeHint(shape, node),
});

const missingValue = (trail: Steps): Violation => ({
  rule: "missing-value",
  message: trail === undefined ? "no value" : `${quote(String(trail.step))} has no value`,
  hint: "give it one, or remove it",
});

/** Characters that no name, path or single line may hold. */
const badCharacter = (value: string, freeText: boolean): Violation | undefined => {
  if (!value.isWellFormed()) {
    return {
      rule: "control-character",
      message: "the text holds half a surrogate pair, which is no character",
      hint: "write the character itself, or its `\\U` escape",
    };
  }
  const found = freeText ? undefined : /[\p{Cc}\u2028\u2029]/u.exec(value)?.[0];
  if (found === undefined) return undefined;
  return {
    rule: "control-character",
    message: `control character ${quote(found)} in a text of one line`,
    hint: "remove it",
  };
};

/** What is wrong with a scalar as a text, its own rule aside. */
const textProblem = (shape: StringShape, node: YamlScalar): Violation | undefined => {
  const kind = node.plain ? plainKind(node.text) : "text";
  if (kind === "boolean" || (kind === "number" && !shape.numbers)) return wrongType(shape, node);
  return badCharacter(node.text, shape.freeText) ?? shape.rule?.check(node.text);
};

const enumProblem = (shape: EnumShape, { text }: YamlScalar): Violation | undefined => {
  if (shape.values.includes(text)) return undefined;
  const near = shape.synonyms.get(text.toLowerCase()) ?? nearest(text, shape.values);
  return {
    rule: "unknown-value",
    message: `${quote(text)} is not one of ${shape.values.join(", ")}`,
    hint: near === undefined ? "choose one of them" : `did you mean \`${near}\`?`,
  };
};

const readInt = (
  shape: IntShape,
  node: YamlScalar,
): { readonly value: number } | { readonly violation: Violation } => {
  const reading = node.plain ? readInteger(node.text, shape.notation) : undefined;
  if (reading === undefined) return { violation: wrongType(shape, node) };
  if ("violation" in reading) return reading;
  const { value } = reading;
  if (value < shape.min || value > shape.max) {
    const show = (number: number): string =>
      shape.notation === "octal" ? `0${number.toString(8)}` : String(number);
    return {
      violation: {
        rule: "number-range",
        message: `${quote(node.text)} is not between ${show(shape.min)} and ${show(shape.max)}`,
        hint: "choose a number in that range",
      },
    };
  }
  const violation = shape.check?.(value, node.text);
  return violation === undefined ? { value } : { violation };
};

type ScalarKind = Exclude<Shape, ListShape | MapShape | ObjectShape>;

/** The scalar with variables put in; undefined when that cannot be done, which has been reported. */
const expandScalar = (
  shape: Exclude<ScalarKind, EitherShape>,
  node: YamlScalar,
  trail: Steps,
  context: Context,
): YamlScalar | undefined => {
  if (!mayRefer(node.text)) return node;
  const isLiteral = ("literal" in shape ? shape.literal : undefined) ?? false;
  if (!isLiteral) return context.expand(node, trail);
  say(context, node.at, trail, {
    rule: "variable-reference",
    message: "no variable can be used here",
    hint: "write the value out: this is read before variables have values",
  });
  return undefined;
};

const decodeScalar = (
  shape: ScalarKind,
  written: YamlScalar,
  trail: Steps,
  context: Context,
): Tree => {
  const { at } = written;
  if (shape.kind === "either") return decodeScalar(shape.short, written, trail, context);
  const node = expandScalar(shape, written, trail, context);
  if (node === undefined) return { kind: "invalid", at, trail };
  const settle = (
    result: { readonly value: string | number | boolean } | { readonly violation: Violation },
  ): Tree => {
    if ("value" in result) return { kind: "value", at, trail, value: result.value };
    say(context, at, trail, result.violation);
    return { kind: "invalid", at, trail };
  };
  const asText = (violation: Violation | undefined): Tree =>
    settle(violation === undefined ? { value: node.text } : { violation });
  if (isNull(node)) return settle({ violation: missingValue(trail) });
  switch (shape.kind) {
    case "string":
      return asText(textProblem(shape, node));
    case "scalar":
      return settle({ value: node.text });
    case "enum":
      return asText(enumProblem(shape, node));
    case "int":
      return settle(readInt(shape, node));
    case "bool": {
      const value = node.plain ? readBoolean(node.text) : undefined;
      return settle(value === undefined ? { violation: wrongType(shape, node) } : { value });
    }
  }
};

const unknownKeyHint = (
  key: string,
  shape: ObjectShape,
  places: ReadonlyMap<string, string>,
): string => {
  if (key === "<<")
    return "YAML merge keys are not supported: write the keys out, or use `include`";
  const known = [...shape.fields.keys()];
  const near = nearest(key, known);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  const place = places.get(key);
  return place === undefined ? `known here: ${known.join(", ")}` : `it belongs under \`${place}\``;
};

const unknownKey = (
  key: string,
  shape: ObjectShape,
  trail: Steps,
  places: ReadonlyMap<string, string>,
): Violation => {
  if (shape.unsupported.includes(key)) {
    return {
      rule: "unsupported-key",
      message: `${quote(key)} is not supported yet`,
      hint: "remove it; what a node needs at first boot is not part of this version",
    };
  }
  const where = trail === undefined ? "" : ` in ${quote(String(trail.step))}`;
  const inItem = typeof trail?.step === "number" ? " in this item" : where;
  return {
    rule: "unknown-key",
    message: `unknown key ${quote(key)}${inItem}`,
    hint: () => unknownKeyHint(key, shape, places),
  };
};

/** Whether one of the unknown keys (the first few: comparing costs) is most likely meant to be `name`. */
const isMisspelt = (name: string, unknown: readonly string[], shape: ObjectShape): boolean =>
  unknown.slice(0, 4).some((key) => nearest(key, [...shape.fields.keys()]) === name);

const decodeObject = (
  shape: ObjectShape,
  node: YamlMapping,
  trail: Steps,
  context: Context,
): Tree => {
  const fields = new Map<string, Tree>();
  const unknown: string[] = [];
  for (const { key, value } of node.entries) {
    const field = shape.fields.get(key.text);
    const below: Steps = { before: trail, step: key.text };
    if (field === undefined) {
      unknown.push(key.text);
      say(context, key.at, below, unknownKey(key.text, shape, trail, context.places));
      continue;
    }
    const tree = decode(field.shape, value, below, context);
    if (tree !== undefined) fields.set(key.text, tree);
  }
  for (const [name, field] of shape.fields) {
    if (!field.required || fields.has(name)) continue;
    const below: Steps = { before: trail, step: name };
    fields.set(name, { kind: "invalid", at: node.at, trail: below });
    // It is there, but misspelt, and that has been said.
    if (isMisspelt(name, unknown, shape)) continue;
    const violation: Violation = {
      rule: "missing-key",
      message: `${quote(name)} is required`,
      hint: `add \`${name}:\``,
    };
    say(context, node.at, below, violation);
  }
  return { kind: "object", at: node.at, trail, fields };
};

const decodeMap = (shape: MapShape, node: YamlMapping, trail: Steps, context: Context): Tree => {
  const fields = new Map<string, Tree>();
  for (const { key, value } of node.entries) {
    const below: Steps = { before: trail, step: key.text };
    const violation = badCharacter(key.text, false) ?? shape.key.check(key.text);
    if (violation !== undefined) say(context, key.at, below, violation);
    // A name with nothing below it is still a name.
    const tree = decode(shape.value, value, below, context) ?? {
      kind: "object",
      at: key.at,
      trail: below,
      fields: new Map(),
    };
    if (violation === undefined) fields.set(key.text, tree);
  }
  return { kind: "object", at: node.at, trail, fields };
};

const decodeList = (
  shape: ListShape,
  node: YamlNode & { readonly kind: "sequence" },
  trail: Steps,
  context: Context,
): Tree => {
  const { at } = node;
  const items = node.items.map((item, index): Tree => {
    const below: Steps = { before: trail, step: index };
    const tree = decode(shape.item, item, below, context);
    if (tree !== undefined) return tree;
    say(context, item.at, below, {
      rule: "missing-value",
      message: "an item without a value",
      hint: "give it one, or remove the dash",
    });
    return { kind: "invalid", at: item.at, trail: below };
  });
  if (items.length < shape.minItems) {
    const violation: Violation = {
      rule: "too-few",
      message: `at least ${shape.minItems} item is needed`,
      hint: "remove the key to have the default",
    };
    say(context, at, trail, violation);
    return { kind: "invalid", at, trail };
  }
  return { kind: "list", at, trail, items };
};

const isCollection = (shape: Shape): shape is ListShape | MapShape | ObjectShape =>
  shape.kind === "list" || shape.kind === "map" || shape.kind === "object";

/**
 * A node as its shape wants it. Undefined for a collection without a value, which means the same as no key: so a
 * section may stay when all its entries are commented out.
 */
const decode = (shape: Shape, node: YamlNode, trail: Steps, context: Context): Tree | undefined => {
  const { at } = node;
  if (node.kind === "broken") return { kind: "invalid", at, trail };
  if (isCollection(shape)) {
    if (isNull(node)) return undefined;
    if (shape.kind === "list" && node.kind === "sequence") {
      return decodeList(shape, node, trail, context);
    }
    if (shape.kind === "map" && node.kind === "mapping") {
      return decodeMap(shape, node, trail, context);
    }
    if (shape.kind === "object" && node.kind === "mapping") {
      return decodeObject(shape, node, trail, context);
    }
  } else if (node.kind === "scalar") {
    return decodeScalar(shape, node, trail, context);
  } else if (shape.kind === "either" && node.kind === "mapping") {
    return decodeObject(shape.long, node, trail, context);
  }
  say(context, at, trail, wrongType(shape, node));
  return { kind: "invalid", at, trail };
};

/**
 * A document's root node as `root` wants it, variables put in by `expand`; everything that is wrong with single values
 * goes to `sink`.
 */
export const decodeDocument = (
  root: ObjectShape,
  node: YamlNode,
  sink: Sink,
  expand: Expand = (scalar) => scalar,
): Tree | undefined => decode(root, node, undefined, { sink, places: uniquePlaces(root), expand });
