/** Decoded values, and readers for them that need no type of their own for each object. */

export type Value = string | number | boolean | readonly Value[] | Fields;

/** An object; a field that is absent is Go's nil or zero. */
export interface Fields {
  [name: string]: Value | undefined;
}

const NOTHING: Fields = {};

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

export const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The object at a field, an empty one where there is none. */
export const objectAt = (fields: Fields, name: string): Fields => {
  const value = fields[name];
  return isFields(value) ? value : NOTHING;
};

/** The items of a list, none where there is no list. */
export const listAt = (fields: Fields, name: string): readonly Value[] => {
  const value = fields[name];
  return isList(value) ? value : [];
};

/** The objects of a list of objects. */
export const objectsAt = (fields: Fields, name: string): readonly Fields[] =>
  listAt(fields, name).filter(isFields);

/** The texts of a list of texts. */
export const textsAt = (fields: Fields, name: string): readonly string[] =>
  listAt(fields, name).filter((item) => typeof item === "string");

export const textAt = (fields: Fields, name: string): string | undefined => {
  const value = fields[name];
  return typeof value === "string" ? value : undefined;
};

export const numberAt = (fields: Fields, name: string): number | undefined => {
  const value = fields[name];
  return typeof value === "number" ? value : undefined;
};

/** Whether a flag is given and true. */
export const isTrue = (fields: Fields, name: string): boolean => fields[name] === true;
