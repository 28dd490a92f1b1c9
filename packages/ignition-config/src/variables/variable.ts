/** Variables after all documents, files of values and the command line have been heard. */
import type { Mark } from "../text/source-text.ts";

/** What a variable may be. No list and no mapping: a value can never create keys or items. */
export type VariableType = "string" | "int" | "bool";

/** Every type there is. */
export const VARIABLE_TYPES: readonly VariableType[] = ["string", "int", "bool"];

/** Who gave a variable its value. */
export type ValueOrigin =
  | { readonly kind: "document"; readonly at: Mark }
  | { readonly kind: "file"; readonly at: Mark }
  | { readonly kind: "command-line" };

/** One variable with its value as it is put into texts; without one it has been reported. */
export interface Variable {
  readonly name: string;
  readonly type: VariableType;
  readonly value?: { readonly text: string; readonly origin: ValueOrigin };
}

/** Values from outside the documents. */
export interface VariableInputs {
  /** Files that map names to values, later ones over earlier ones. */
  readonly files?: readonly string[];
  /** Over all files; a later value of the same name over an earlier one. */
  readonly values?: readonly { readonly name: string; readonly value: string }[];
}
