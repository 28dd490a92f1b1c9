/** The tables as JSON Schema, for editors and other programs. */
import type { JsonSchema } from "../schema/json-schema.ts";
import { type Field, ignitionShapes, type Shape } from "./schema/tables.ts";
import { type IgnitionVersion, minorOf } from "./schema/versions.ts";

/** Whole numbers of 64 bits, as near as JavaScript's numbers come. */
const INTEGER = { type: "integer", minimum: -(2 ** 63), maximum: 2 ** 63 };

const SCALARS: Readonly<Record<string, JsonSchema>> = {
  string: { type: "string" },
  integer: INTEGER,
  boolean: { type: "boolean" },
};

/** null unsets a value, where it may be unset. */
const orNull = (schema: JsonSchema): JsonSchema =>
  typeof schema["type"] === "string" ? { ...schema, type: [schema["type"], "null"] } : schema;

const itemSchema = (field: Field): JsonSchema =>
  SCALARS[field.type] ?? { $ref: `#/$defs/${field.type}` };

const fieldSchema = (field: Field): JsonSchema => {
  const { description } = field.table;
  if (field.isList) return { description, type: ["array", "null"], items: itemSchema(field) };
  const schema = itemSchema(field);
  if (field.isObject) return { description, anyOf: [schema, { type: "null" }] };
  return { description, ...(field.presence === "required" ? schema : orNull(schema)) };
};

const objectSchema = ({ description, fields }: Shape): JsonSchema => {
  const required = [...fields.values()]
    .filter(({ presence }) => presence === "required")
    .map(({ name }) => name);
  return {
    description,
    type: "object",
    properties: Object.fromEntries([...fields].map(([name, field]) => [name, fieldSchema(field)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
};

/** The names of all objects that can be reached from the root. */
const reachable = (shapeOf: (type: string) => Shape): ReadonlySet<string> => {
  const names = new Set(["Config"]);
  for (const name of names) {
    for (const field of shapeOf(name).fields.values()) {
      if (field.isObject) names.add(field.type);
    }
  }
  return names;
};

/**
 * The JSON Schema (draft 2020-12) of one spec. It knows every field, its type and whether it must be there, but not the rules for
 * single values nor those between them. Stricter than Ignition itself in this: a key that Ignition would ignore with a warning is
 * refused, keys are spelt in one way only, and a required text may not be left out where Ignition would take it for empty.
 */
export const ignitionJsonSchema = (version: IgnitionVersion): JsonSchema => {
  const shapeOf = ignitionShapes(minorOf(version));
  const names = [...reachable(shapeOf)].filter((name) => name !== "Config").sort();
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `urn:slipway:schema:ignition:${version}`,
    title: `Ignition config, spec ${version}`,
    ...objectSchema(shapeOf("Config")),
    required: ["ignition"],
    $defs: Object.fromEntries(names.map((name) => [name, objectSchema(shapeOf(name))])),
  };
};
