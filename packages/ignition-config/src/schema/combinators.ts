/** The words in which schemas are written. */
import type { Violation } from "../report/violation.ts";
import type { Notation } from "../yaml/scalar-value.ts";
import type {
  Fields,
  FieldShape,
  ObjectShape,
  RequiredField,
  Say,
  Schema,
  StringShape,
  TextRule,
} from "./shape.ts";

/** A text. */
export const text = (
  description: string,
  options: {
    readonly rule?: TextRule;
    readonly numbers?: boolean;
    readonly freeText?: boolean;
    readonly local?: boolean;
    readonly literal?: boolean;
    readonly defaultValue?: string;
  } = {},
): Schema<string> & { readonly shape: StringShape } => ({
  shape: {
    kind: "string",
    description,
    numbers: false,
    freeText: false,
    local: false,
    ...options,
  },
});

/** A text, a number or a boolean as it was written. */
export const scalar = (description: string): Schema<string> => ({
  shape: { kind: "scalar", description, literal: true },
});

/** One of a few words; of `synonyms` each is suggested as the value it stands for. */
export const oneOf = <T extends string>(
  description: string,
  values: readonly T[],
  options: {
    readonly synonyms?: Readonly<Record<string, T>>;
    readonly literal?: boolean;
  } = {},
): Schema<T> => ({
  shape: {
    kind: "enum",
    description,
    values,
    synonyms: new Map(Object.entries(options.synonyms ?? {})),
    literal: options.literal === true,
  },
});

/** A whole number from `min` to `max`, both included. */
export const int = (
  description: string,
  options: {
    readonly min: number;
    readonly max: number;
    readonly notation?: Notation;
    readonly check?: (value: number, text: string) => Violation | undefined;
    readonly defaultValue?: number;
  },
): Schema<number> => ({ shape: { kind: "int", description, notation: "decimal", ...options } });

/** A boolean. */
export const bool = (description: string): Schema<boolean> => ({
  shape: { kind: "bool", description },
});

/** Texts of which each stands once; those of included documents come first. */
export const setOf = <T extends string>(
  description: string,
  item: Schema<T>,
  options: { readonly minItems?: number; readonly defaultValue?: readonly string[] } = {},
): Schema<readonly T[]> => ({
  shape: {
    kind: "list",
    description,
    item: item.shape,
    merge: { how: "unite", key: "itself" },
    minItems: 0,
    ...options,
  },
});

/** Texts of which each stands once; an including document's list takes the place of the included one's. */
export const choiceOf = <T extends string>(
  description: string,
  item: Schema<T>,
  options: { readonly minItems?: number; readonly defaultValue?: readonly string[] } = {},
): Schema<readonly T[]> => ({
  shape: {
    kind: "list",
    description,
    item: item.shape,
    merge: { how: "replace" },
    minItems: 0,
    ...options,
  },
});

/** Objects of which each has another value in the field `key`, by which they are merged. */
export const listBy = <T extends object>(
  description: string,
  key: keyof T & string,
  item: Schema<T>,
): Schema<readonly T[]> => ({
  shape: {
    kind: "list",
    description,
    item: item.shape,
    merge: { how: "unite", key: { field: key } },
    minItems: 0,
  },
});

/** Items without a name, in order; those of included documents come first. */
export const sequenceOf = <T>(description: string, item: Schema<T>): Schema<readonly T[]> => ({
  shape: { kind: "list", description, item: item.shape, merge: { how: "append" }, minItems: 0 },
});

/** Values by free names. */
export const mapOf = <T>(
  description: string,
  key: TextRule,
  value: Schema<T>,
): Schema<Readonly<Record<string, T>>> => ({
  shape: { kind: "map", description, key, value: value.shape },
});

/** Marks a field that every item must have. */
export const required = <T>(schema: Schema<T>): RequiredField<T> => ({ required: schema });

/** An object with exactly the fields of `T`. */
export const object = <T extends object>(
  description: string,
  fields: Fields<T>,
  options: {
    readonly whole?: boolean;
    readonly sharedKeys?: readonly (keyof T & string)[];
    readonly unsupported?: readonly string[];
    readonly check?: (value: T, say: Say) => void;
  } = {},
): Schema<T> & { readonly shape: ObjectShape } => {
  const entries = Object.entries<Schema<unknown> | RequiredField<unknown>>(fields);
  const shapes = entries.map(([name, field]): readonly [string, FieldShape] =>
    "required" in field
      ? [name, { shape: field.required.shape, required: true }]
      : [name, { shape: field.shape, required: false }],
  );
  return {
    shape: {
      kind: "object",
      description,
      fields: new Map(shapes),
      whole: false,
      sharedKeys: [],
      unsupported: [],
      ...options,
    },
  };
};

/** A short form or a long one. */
export const either = <L extends object>(
  description: string,
  short: Schema<string> & { readonly shape: StringShape },
  long: Schema<L> & { readonly shape: ObjectShape },
): Schema<string | L> => ({
  shape: { kind: "either", description, short: short.shape, long: long.shape },
});
