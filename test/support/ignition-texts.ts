/**
 * Texts that are nearly Ignition configs, drawn from the published schema: most fields hold one of a few values that are right, nearly right or in
 * each other's way; now and then a key is repeated, misspelt or unknown, a value null or of another type, the text cut.
 */
import {
  ignitionJsonSchema,
  type IgnitionVersion,
  type JsonSchema,
} from "@slipway/ignition-config";
import * as fc from "fast-check";
import { FIELD_VALUES, INTEGERS, ITEM_VALUES, ODD_VALUES, TEXTS } from "./ignition-values.ts";

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const schemaAt = (schema: JsonSchema, key: string): JsonSchema => {
  const found = schema[key];
  return isSchema(found) ? found : {};
};

const json = (value: unknown): string => JSON.stringify(value);

/** How a key may be written. */
const keyText = (name: string): fc.Arbitrary<string> => {
  const upper = name[0]?.toUpperCase() ?? "";
  const escaped = `\\u${name.charCodeAt(0).toString(16).padStart(4, "0")}${name.slice(1)}`;
  return fc.oneof(
    { weight: 200, arbitrary: fc.constant(json(name)) },
    { weight: 2, arbitrary: fc.constant(`"${escaped}"`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(json(upper + name.slice(1)), json(name.toUpperCase())),
    },
    { weight: 1, arbitrary: fc.constant(json(name.replace("s", "\u{17f}"))) },
  );
};

const blank = fc.oneof(
  { weight: 12, arbitrary: fc.constant("") },
  { weight: 2, arbitrary: fc.constant(" ") },
  { weight: 2, arbitrary: fc.constantFrom("\n", "\r\n", "\t", "\n  ") },
);

const scalarText = (name: string, type: unknown): fc.Arbitrary<string> => {
  const types = Array.isArray(type) ? type : [type];
  if (types.includes("boolean")) return fc.constantFrom("true", "false");
  if (types.includes("integer"))
    return fc.constantFrom(...(FIELD_VALUES[name] ?? INTEGERS)).map(String);
  return fc.constantFrom(...(FIELD_VALUES[name] ?? TEXTS)).map(json);
};

/** Makes the texts of one spec's objects; each kind of object once. */
class Texts {
  readonly #root: JsonSchema;
  readonly #objects = new Map<string, fc.Arbitrary<string>>();

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  object(schema: JsonSchema): fc.Arbitrary<string> {
    const required: unknown = schema["required"];
    const members = Object.entries(schemaAt(schema, "properties")).map(([name, field]) => {
      const isRequired = Array.isArray(required) && required.includes(name);
      const member = this.#member(name, isSchema(field) ? field : {});
      return fc.oneof(
        { weight: isRequired ? 120 : 2, arbitrary: member },
        { weight: 3, arbitrary: fc.constant("") },
      );
    });
    const unknown = fc.oneof(
      { weight: 40, arbitrary: fc.constant("") },
      { weight: 1, arbitrary: fc.constantFrom('"x":1', '"//":"y"', '"x":{"y":[1]}', '"n":1e3') },
    );
    return fc
      .tuple(blank, fc.tuple(...members, unknown), fc.boolean())
      .map(([gap, parts, turn]) => {
        const kept = parts.filter((part) => part !== "");
        return `{${gap}${(turn ? kept.toReversed() : kept).join(`,${gap}`)}${gap}}`;
      });
  }

  #member(name: string, field: JsonSchema): fc.Arbitrary<string> {
    const value = this.#value(name, field);
    const one = fc
      .tuple(keyText(name), blank, this.#oddly(value))
      .map(([key, gap, text]) => `${key}:${gap}${text}`);
    const twice = fc.tuple(one, one).map(([first, second]) => `${first},${second}`);
    return fc.oneof({ weight: 120, arbitrary: one }, { weight: 1, arbitrary: twice });
  }

  /** Mostly the value; rarely null or something of another type. */
  #oddly(value: fc.Arbitrary<string>): fc.Arbitrary<string> {
    return fc.oneof(
      { weight: 500, arbitrary: value },
      { weight: 8, arbitrary: fc.constant("null") },
      { weight: 1, arbitrary: fc.constantFrom(...ODD_VALUES) },
    );
  }

  #value(name: string, field: JsonSchema): fc.Arbitrary<string> {
    const items = field["items"];
    if (isSchema(items)) return this.#list(name, items);
    const [choice] = Array.isArray(field["anyOf"]) ? (field["anyOf"] as unknown[]) : [];
    if (isSchema(choice)) return this.#reference(choice);
    return scalarText(name, field["type"]);
  }

  #list(name: string, items: JsonSchema): fc.Arbitrary<string> {
    const item =
      items["$ref"] === undefined
        ? fc.constantFrom(...(ITEM_VALUES[name] ?? TEXTS)).map(json)
        : this.#reference(items);
    return fc
      .array(this.#oddly(item), { maxLength: 4 })
      .chain((texts) => blank.map((gap) => `[${texts.join(`,${gap}`)}]`));
  }

  #reference({ $ref }: JsonSchema): fc.Arbitrary<string> {
    const name = typeof $ref === "string" ? $ref.slice("#/$defs/".length) : "";
    const known = this.#objects.get(name);
    if (known !== undefined) return known;
    const made = this.object(schemaAt(schemaAt(this.#root, "$defs"), name));
    this.#objects.set(name, made);
    return made;
  }
}

const MARKS = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "\\",
  "0",
  "-",
  ".",
  "e",
  "u",
  " ",
  "\u0001",
  "\u00e9",
];

const WRONG_VERSIONS = ["3.0", "v3.0.0", "2.4.0", "9.9.9", " 3.0.0", "3.0.1", "3.0.0-x", ""];

/** A config's text whose version is one of `versions`, written plainly or oddly. */
export const ignitionText = (versions: readonly IgnitionVersion[]): fc.Arbitrary<string> => {
  const ofVersion = versions.map((version) => {
    const root = ignitionJsonSchema(version);
    const written = fc.oneof(
      { weight: 100, arbitrary: fc.constant(version) },
      { weight: 2, arbitrary: fc.constant(version.replace(".", ".0")) },
      { weight: 1, arbitrary: fc.constantFrom(...WRONG_VERSIONS, `${version}-`, `${version}+`) },
    );
    return fc
      .tuple(new Texts(root).object(root), written)
      .map(([text, label]) => withVersion(text, label));
  });
  const cut = fc.nat().map((at) => (text: string) => text.slice(0, at % text.length));
  const added = fc
    .tuple(fc.nat(), fc.constantFrom(...MARKS))
    .map(([at, mark]) => (text: string) => {
      const place = at % text.length;
      return text.slice(0, place) + mark + text.slice(place);
    });
  const spoiled = fc.oneof(
    { weight: 60, arbitrary: fc.constant((text: string) => text) },
    { weight: 1, arbitrary: cut },
    { weight: 2, arbitrary: added },
  );
  return fc.tuple(fc.oneof(...ofVersion), spoiled).map(([text, spoil]) => spoil(text));
};

/** The object's text with a member that names the version; `ignition` may then stand there twice, and is merged. */
const withVersion = (text: string, version: string): string => {
  const member = `"ignition":{"version":${json(version)}}`;
  const body = text.slice(1).trimStart();
  return body.startsWith("}") ? `{${member}}` : `${text.slice(0, -1)},${member}}`;
};
