/**
 * JSON to a typed config by the tables, as Go's `encoding/json` fills structs: keys match in any case, duplicate objects are merged,
 * null mostly means "leave it", and the first value of a wrong type ends it.
 */
import type { JsonArray, JsonMember, JsonNode, JsonObject } from "../json/json-node.ts";
import type { Field, Shape, ShapeOf } from "./schema/tables.ts";

/** A value of a wrong type; `offset` is where Go says it is: after what it had read. */
export interface TypeMismatch {
  readonly message: string;
  readonly offset: number;
}

/** A decoded object: set fields only, in the order of the tables, required texts filled in. */
export interface Decoded {
  readonly [name: string]: DecodedValue;
}

/** What a field can hold. */
export type DecodedValue = string | number | boolean | Decoded | readonly DecodedValue[];

/** Thrown and caught in this file only. */
class Mismatch extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Values while the text may still add to them. */
type Loose = string | number | boolean | LooseObject | LooseList;
interface LooseObject {
  [name: string]: Loose;
}

/** A repeated list is read into the old one's items, even those that a shorter one in between had hidden. */
class LooseList {
  readonly items: (Loose | undefined)[] = [];
  length = 0;
}

const isLooseList = (value: Loose | undefined): value is LooseList => value instanceof LooseList;

const isLooseObject = (value: Loose | undefined): value is LooseObject =>
  typeof value === "object" && !isLooseList(value);

const folded = new WeakMap<Shape, ReadonlyMap<string, Field>>();

/** Lower case as far as field names go; two letters beyond ASCII count as `s` and `k`, as in Go. */
const fold = (key: string): string =>
  key
    .replaceAll("\u{17f}", "s")
    .replaceAll("\u{212a}", "k")
    .replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** The field that a key fills: by its exact name, else in any case. */
const fieldOf = (shape: Shape, key: string): Field | undefined => {
  const exact = shape.fields.get(key);
  if (exact !== undefined) return exact;
  let byFolded = folded.get(shape);
  if (byFolded === undefined) {
    byFolded = new Map([...shape.fields].map(([name, field]) => [fold(name), field]));
    folded.set(shape, byFolded);
  }
  return byFolded.get(fold(key));
};

const ARTICLES: Readonly<Record<JsonNode["kind"], string>> = {
  object: "an object",
  array: "a list",
  string: "a string",
  number: "the number",
  true: "a boolean",
  false: "a boolean",
  null: "null",
};

const SHOWN_DIGITS = 40;

const wrongType = (node: JsonNode, wanted: string, where: string): never => {
  const digits = node.kind === "number" ? ` ${node.text.slice(0, SHOWN_DIGITS)}` : "";
  const isContainer = node.kind === "object" || node.kind === "array";
  throw new Mismatch(
    `json: ${where} must be ${wanted}, not ${ARTICLES[node.kind]}${digits}`,
    isContainer ? node.start + 1 : node.end,
  );
};

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const INTEGER = /^-?[0-9]+$/;
/** A sign and the digits of the greatest 64-bit number. */
const MAX_INTEGER_TEXT = 20;

const isInt64 = (text: string): boolean => {
  if (!INTEGER.test(text) || text.length > MAX_INTEGER_TEXT) return false;
  const value = BigInt(text);
  return value >= MIN_INT64 && value <= MAX_INT64;
};

const decodeScalar = (node: JsonNode, field: Field): Loose => {
  if (field.type === "string" && node.kind === "string") return node.text;
  if (field.type === "boolean" && (node.kind === "true" || node.kind === "false")) {
    return node.kind === "true";
  }
  // Adding 0 turns -0 into 0.
  if (field.type === "integer" && node.kind === "number" && isInt64(node.text)) {
    return Number(node.text) + 0;
  }
  const wanted = field.type === "integer" ? "an integer" : `a ${field.type}`;
  return wrongType(node, wanted, field.name);
};

const ZERO_ITEMS: Readonly<Record<string, Loose>> = { string: "", integer: 0, boolean: false };

class Decoder {
  readonly #shapeOf: ShapeOf;
  readonly #minor: number;

  constructor(shapeOf: ShapeOf, minor: number) {
    this.#shapeOf = shapeOf;
    this.#minor = minor;
  }

  read(into: LooseObject, node: JsonObject, shape: Shape): void {
    for (const member of node.members) {
      const field = fieldOf(shape, member.key);
      if (field !== undefined) this.#fillField(into, member, field);
    }
  }

  #fillField(into: LooseObject, { value }: JsonMember, field: Field): void {
    if (value.kind === "null") {
      if (this.#nullUnsets(field)) delete into[field.name];
      return;
    }
    const old = into[field.name];
    into[field.name] = field.isList ? this.#list(old, value, field) : this.#item(old, value, field);
  }

  #nullUnsets(field: Field): boolean {
    if (field.isList) return true;
    if (field.isObject) return field.table.nullUnsetsIn === this.#minor;
    return field.presence === "optional";
  }

  #list(old: Loose | undefined, node: JsonNode, field: Field): LooseList {
    if (node.kind !== "array") return wrongType(node, "a list", field.name);
    const list: LooseList = isLooseList(old) && node.items.length > 0 ? old : new LooseList();
    this.#fillList(list, node, field);
    return list;
  }

  #fillList(list: LooseList, node: JsonArray, field: Field): void {
    for (const [index, item] of node.items.entries()) {
      const old = list.items[index];
      list.items[index] =
        item.kind === "null" ? (old ?? this.#zero(field)) : this.#item(old, item, field);
    }
    list.length = node.items.length;
  }

  #zero(field: Field): Loose {
    return ZERO_ITEMS[field.type] ?? {};
  }

  #item(old: Loose | undefined, node: JsonNode, field: Field): Loose {
    if (!field.isObject) return decodeScalar(node, field);
    if (node.kind !== "object") return wrongType(node, "an object", field.name);
    const into: LooseObject = isLooseObject(old) ? old : {};
    this.read(into, node, this.#shapeOf(field.type));
    return into;
  }

  settle(loose: LooseObject, shape: Shape): Decoded {
    const settled: Record<string, DecodedValue> = {};
    for (const [name, field] of shape.fields) {
      const value = loose[name];
      if (value !== undefined && !(field.presence === "zero" && value === 0)) {
        settled[name] = this.#settleValue(value, field);
      } else if (value === undefined && field.presence === "required") {
        settled[name] = "";
      }
    }
    return settled;
  }

  #settleValue(value: Loose, field: Field): DecodedValue {
    if (isLooseObject(value)) return this.settle(value, this.#shapeOf(field.type));
    if (!isLooseList(value)) return value;
    return value.items.slice(0, value.length).map((item) => this.#settleValue(item ?? "", field));
  }
}

/** Fills an object of `type` from JSON; what the shapes do not know is skipped. */
export const decode = (
  node: JsonNode,
  type: string,
  shapeOf: ShapeOf,
  minor: number,
): { readonly value: Decoded } | { readonly mismatch: TypeMismatch } => {
  const decoder = new Decoder(shapeOf, minor);
  try {
    const loose: LooseObject = {};
    if (node.kind === "object") decoder.read(loose, node, shapeOf(type));
    else if (node.kind !== "null") wrongType(node, "an object", "the config");
    return { value: decoder.settle(loose, shapeOf(type)) };
  } catch (cause) {
    if (!(cause instanceof Mismatch)) throw cause;
    return { mismatch: { message: cause.message, offset: cause.offset } };
  }
};
