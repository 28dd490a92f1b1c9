/**
 * The one description of a document from which everything else follows: decoding with positions, merging, checking
 * and the published JSON Schema. A `Schema<T>` is data (`shape`) that the compiler holds against the type `T`.
 */
import type { Violation } from "../report/violation.ts";
import type { Notation } from "../yaml/scalar-value.ts";

/** A rule about one text; `pattern` is the part of it that a JSON Schema can say and never stricter than `check`. */
export interface TextRule {
  readonly pattern?: string;
  readonly check: (text: string) => Violation | undefined;
}

interface Described {
  /** For the JSON Schema and the reference: what the value means, its unit and its default. */
  readonly description: string;
}

export interface StringShape extends Described {
  readonly kind: "string";
  readonly rule?: TextRule;
  /** Plain numbers are taken as their text, so that `1.10` needs no quotes. */
  readonly numbers: boolean;
  /** Line breaks and tabs are allowed, all other control characters but NUL too. */
  readonly freeText: boolean;
  /** The text names a file beside the document. */
  readonly local: boolean;
  readonly defaultValue?: string;
  /** No variable may stand here: it is read before there are any. */
  readonly literal?: boolean;
}

/** A text, a number or a boolean, kept as it was written: what it must be is said elsewhere in the document. */
export interface ScalarShape extends Described {
  readonly kind: "scalar";
  readonly literal: true;
}

export interface EnumShape extends Described {
  readonly kind: "enum";
  readonly values: readonly string[];
  /** What others call a value, to suggest ours. */
  readonly synonyms: ReadonlyMap<string, string>;
  /** As for texts. */
  readonly literal?: boolean;
}

export interface IntShape extends Described {
  readonly kind: "int";
  readonly min: number;
  readonly max: number;
  readonly notation: Notation;
  /** A rule about the number as it was written. */
  readonly check?: (value: number, text: string) => Violation | undefined;
  readonly defaultValue?: number;
}

export interface BoolShape extends Described {
  readonly kind: "bool";
}

/** How a list of an including document and that of an included one become one. */
export type ListMerge =
  /**
   * Items of one key are merged, the rest is added. `key` is the field that names an item, or the item itself; of
   * several fields the first that is given.
   */
  | {
      readonly how: "unite";
      readonly key: "itself" | { readonly field: string } | { readonly fields: readonly string[] };
    }
  /** The included list, then the including one's. */
  | { readonly how: "append" }
  /** The including list alone. */
  | { readonly how: "replace" };

export interface ListShape extends Described {
  readonly kind: "list";
  readonly item: Shape;
  readonly merge: ListMerge;
  readonly minItems: number;
  readonly defaultValue?: readonly string[];
}

export interface MapShape extends Described {
  readonly kind: "map";
  readonly key: TextRule;
  readonly value: Shape;
}

export interface FieldShape {
  readonly shape: Shape;
  readonly required: boolean;
}

/** Where a check puts a violation: a checked object or list, and the way from it to the value that is wrong. */
export type Say = (
  anchor: object,
  path: readonly (string | number)[],
  violation: Violation,
) => void;

export interface ObjectShape extends Described {
  readonly kind: "object";
  readonly fields: ReadonlyMap<string, FieldShape>;
  /** Whether an including document's object takes the place of the included one's instead of its fields. */
  readonly whole: boolean;
  /** Fields whose lists share one set of keys: an entry of one moves out of the others. */
  readonly sharedKeys: readonly string[];
  /** Keys that Ignition or Butane have here and this version does not. */
  readonly unsupported: readonly string[];
  /** Runs after merging, on objects that have all their required fields. */
  readonly check?: (value: never, say: Say) => void;
}

/** A short form that is a text, and a long form that is an object. */
export interface EitherShape extends Described {
  readonly kind: "either";
  readonly short: StringShape;
  readonly long: ObjectShape;
}

export type Shape =
  | StringShape
  | ScalarShape
  | EnumShape
  | IntShape
  | BoolShape
  | ListShape
  | MapShape
  | ObjectShape
  | EitherShape;

declare const typed: unique symbol;

/** A shape whose decoded values are of type `T`. */
export interface Schema<out T> {
  readonly shape: Shape;
  /** Never present: it carries the type. */
  readonly [typed]?: T;
}

/** A field that every item must have, in every document. */
export interface RequiredField<out T> {
  readonly required: Schema<T>;
}

/** Exactly one schema for every field of `T`: a plain one for an optional field, a `required` one otherwise. */
export type Fields<T> = {
  readonly [K in keyof T]-?: Partial<Pick<T, K>> extends Pick<T, K>
    ? Schema<Exclude<T[K], undefined>>
    : RequiredField<T[K]>;
};
