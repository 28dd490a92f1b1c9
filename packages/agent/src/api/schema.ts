/** JSON Schema as the OpenAPI document has it, and short words to write it with. Pure. */
export type Schema = Readonly<Record<string, unknown>>;

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

export const TEXT: Schema = { type: "string" };
export const YES: Schema = { type: "boolean" };
export const COUNT: Schema = { type: "integer", minimum: 0 };
export const SCHEMA_1: Schema = { const: 1 };

/** Seconds since 1970. */
export const MOMENT: Schema = {
  type: "integer",
  minimum: 0,
  description: "Seconds since 1970.",
};

/** Of a state's clock, which may be wrong. */
export const ANY_MOMENT: Schema = { type: "integer", description: "Seconds since 1970." };

export const oneOf = (...choices: readonly string[]): Schema => ({
  type: "string",
  enum: choices,
});

export const pattern = (text: string, about: string): Schema => ({
  type: "string",
  pattern: text,
  description: about,
});

export const listOf = (items: Schema): Schema => ({ type: "array", items });

export const described = (schema: Schema, description: string): Schema => ({
  ...schema,
  description,
});

/** What a client may rely on; later agents may add members. */
export const answered = (
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema => ({
  type: "object",
  required: Object.keys(required),
  properties: { ...required, ...optional },
});

/** What a client sends: nothing else is taken. */
export const asked = (properties: Readonly<Record<string, Schema>>, rest: Schema = {}): Schema => ({
  type: "object",
  properties,
  additionalProperties: false,
  ...rest,
});
