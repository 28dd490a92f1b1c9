/** A shape as JSON Schema, for editors and other programs. */
import type { FieldShape, ListShape, ObjectShape, Shape, StringShape } from "./shape.ts";

/** A JSON value, of which a schema is one. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** A JSON Schema. */
export interface JsonSchema {
  readonly [key: string]: Json;
}

/** Wherever a variable may stand, so may a reference to one. */
const REFERENCE_PATTERN = "\\$\\{var\\.";

const orReference = (description: string, schema: JsonSchema): JsonSchema => ({
  description,
  anyOf: [
    schema,
    {
      description: "A variable, as `${var.NAME}`.",
      type: "string",
      pattern: REFERENCE_PATTERN,
    },
  ],
});

const patternSchema = ({ rule, literal }: StringShape): JsonSchema => {
  if (rule?.pattern === undefined) return {};
  return { pattern: literal === true ? rule.pattern : `${rule.pattern}|${REFERENCE_PATTERN}` };
};

const stringSchema = (shape: StringShape): JsonSchema => ({
  description: shape.description,
  type: shape.numbers ? ["string", "number"] : "string",
  ...patternSchema(shape),
  ...(shape.defaultValue === undefined ? {} : { default: shape.defaultValue }),
});

const listSchema = (shape: ListShape): JsonSchema => ({
  description: shape.description,
  type: ["array", "null"],
  items: schemaOf(shape.item),
  ...(shape.merge.how === "append" ? {} : { uniqueItems: true }),
  ...(shape.minItems === 0 ? {} : { minItems: shape.minItems }),
  ...(shape.defaultValue === undefined ? {} : { default: shape.defaultValue }),
});

const fieldSchema = ({ shape }: FieldShape): JsonSchema => schemaOf(shape);

const objectSchema = (shape: ObjectShape): JsonSchema => {
  const required = [...shape.fields].filter(([, field]) => field.required).map(([name]) => name);
  const properties = [...shape.fields].map(([name, field]): readonly [string, JsonSchema] => [
    name,
    fieldSchema(field),
  ]);
  return {
    description: shape.description,
    type: required.length === 0 ? ["object", "null"] : "object",
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
};

/** The schema of a value; collections may be null, which is what a key with all its entries commented out is. */
export const schemaOf = (shape: Shape): JsonSchema => {
  const { description } = shape;
  switch (shape.kind) {
    case "string":
      return stringSchema(shape);
    case "scalar":
      return { description, type: ["string", "number", "boolean"] };
    case "enum": {
      const values = { description, enum: shape.values };
      return shape.literal === true ? values : orReference(description, values);
    }
    case "int":
      return orReference(description, {
        description,
        type: "integer",
        minimum: shape.min,
        maximum: shape.max,
        ...(shape.defaultValue === undefined ? {} : { default: shape.defaultValue }),
      });
    case "bool":
      return orReference(description, { description, type: "boolean" });
    case "list":
      return listSchema(shape);
    case "map":
      return {
        description,
        type: ["object", "null"],
        additionalProperties: schemaOf(shape.value),
        ...(shape.key.pattern === undefined
          ? {}
          : { propertyNames: { pattern: shape.key.pattern } }),
      };
    case "object":
      return objectSchema(shape);
    case "either":
      break;
  }
  return { description, anyOf: [schemaOf(shape.short), objectSchema(shape.long)] };
};
