/**
 * How Ignition's language is written down: one table per object, plain data. All else follows from these tables:
 * the TypeScript types, decoding, the order of checks, duplicate checks, merging, JSON Schema; and Butane's own language.
 */

/** The specs by their minor number: 0 is 3.0.0, 6 is 3.6.0, 7 is 3.7.0-experimental. */
export type Minor = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;

/** What a value is when it is no object. `integer` is a whole number of 64 bits. */
export type ScalarName = "string" | "integer" | "boolean";

/** One field of an object. */
export interface FieldTable {
  /** A scalar, or the name of another table. */
  readonly type: string;
  /** What the type was in specs before `minor`. */
  readonly before?: { readonly minor: Minor; readonly type: string };
  /** Whether the value is a list of `type`. */
  readonly list?: true;
  /** The first spec that has the field; absent means 3.0.0. */
  readonly since?: Minor;
  /**
   * `required`: null and absence mean the empty text, which mostly is refused. `zero`: they mean 0.
   * Absent: null and absence mean unset.
   */
  readonly presence?: "required" | "zero";
  /** The last spec with that `presence`; in later ones the field may be unset. */
  readonly presenceUntil?: Minor;
  /** The spec in which null unsets the object, as it unsets a scalar; elsewhere null leaves an object as it was. */
  readonly nullUnsetsIn?: Minor;
  /** A list in which items may stand twice; merging appends. */
  readonly duplicates?: true;
  /** Lists of one object that share a name share their keys: an item may stand in one of them only. */
  readonly sharedKeys?: string;
  /** Each text must be an absolute, simplified path. */
  readonly path?: true;
  readonly description: string;
}

/** One kind of object; the fields in the order in which Ignition walks them. */
export interface ObjectTable {
  /** Another table whose fields come first. */
  readonly extends?: string;
  readonly description: string;
  /**
   * The fields by which items of a list are told apart and merged: the first that is set. With more than one the name counts
   * too, so that number 1 and label "1" differ.
   */
  readonly key?: readonly string[];
  readonly fields: Readonly<Record<string, FieldTable>>;
}

/** Tables by the name of their object. */
export type Tables = Readonly<Record<string, ObjectTable>>;
