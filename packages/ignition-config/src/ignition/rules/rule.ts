import type { Minor } from "../schema/table.ts";
import type { IgnitionTables } from "../schema/tables.ts";
import type { ObjectOf } from "../schema/types.ts";
import type { Path } from "../../report/finding.ts";

/** The objects' names. */
export type TypeName = keyof IgnitionTables;

/** An object of the newest spec; those of older ones are such objects with fields missing. */
export type Newest<N extends TypeName> = ObjectOf<N, 7>;

/** Where a rule's findings go; the path continues that of the object under test. A message that is undefined says nothing. */
export interface Say {
  readonly error: (path: Path, message: string | undefined) => void;
  readonly warning: (path: Path, message: string | undefined) => void;
}

/** What must hold for an object of one kind, in the spec of a minor number. */
export type Rule<N extends TypeName> = (value: Newest<N>, say: Say, minor: Minor) => void;

/** Rules by the object they are about. */
export type Rules = { readonly [N in TypeName]?: Rule<N> };

/** Whether a text is there and not empty. */
export const isFilled = (text: string | undefined): text is string =>
  text !== undefined && text !== "";
