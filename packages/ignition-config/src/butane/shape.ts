/**
 * What a Butane document and the Ignition config made of it look like: one table for both, since most fields differ
 * in the spelling of their names alone.
 */
import { type Fields, isFields, type Value } from "./value.ts";

/** `nullable` is Go's pointer: not given is another thing than empty. */
export interface ScalarShape {
  readonly kind: "text" | "integer" | "flag";
  readonly nullable: boolean;
}

export interface ListShape {
  readonly kind: "list";
  readonly item: Shape;
}

export interface ObjectShape {
  readonly kind: "object";
  /** What the object is, for the rules and the sugar that belong to it. */
  readonly name: string;
  readonly nullable: boolean;
  readonly fields: readonly Field[];
}

/** Texts by names of the author's choice. */
export interface MapShape {
  readonly kind: "map";
}

export type Shape = ScalarShape | ListShape | ObjectShape | MapShape;

export interface Field {
  /** Its name in YAML; undefined for what only the generated config has. */
  readonly yaml: string | undefined;
  /** Its name in the generated config; undefined for sugar, which is written out as something else. */
  readonly json: string | undefined;
  readonly shape: Shape;
}

const isZeroScalar = (value: Value | undefined, nullable: boolean): boolean =>
  value === undefined || (!nullable && (value === "" || value === 0 || value === false));

/** Whether Go would call the value zero: an empty list is not, an object without anything in it is. */
export const isZero = (value: Value | undefined, shape: Shape, side: "yaml" | "json"): boolean => {
  if (value === undefined) return true;
  switch (shape.kind) {
    case "text":
    case "integer":
    case "flag":
      return isZeroScalar(value, shape.nullable);
    case "list":
    case "map":
      return false;
    case "object":
      break;
  }
  if (shape.nullable || !isFields(value)) return false;
  const fields: Fields = value;
  return shape.fields.every((field) => {
    const name = field[side];
    return name === undefined || isZero(fields[name], field.shape, side);
  });
};
