/** A comparison as parts that text and Markdown both can show. Pure. */

/** A word of ours or a number, or something out of an image: that is set apart where the form allows it. */
export type Cell = string | { readonly code: string };

/** One thing that differs. */
export interface Item {
  readonly sign: "+" | "-" | "~" | "!";
  readonly name: Cell;
  /** What there is to say about it; may hold texts out of an image. */
  readonly detail: string;
}

/** What both forms show under one heading; what is empty is left out. */
export interface Part {
  readonly title: string;
  readonly table?: {
    readonly head: readonly string[];
    readonly rows: readonly (readonly Cell[])[];
  };
  readonly items?: readonly Item[];
  readonly notes?: readonly string[];
}

/** Nothing to show: the part is not even named. */
export const isEmptyPart = ({ table, items = [], notes = [] }: Part): boolean =>
  (table?.rows.length ?? 0) + items.length + notes.length === 0;

/** `1 package added, 2 removed`: what there is none of is left out. */
export const counted = (counts: readonly (readonly [count: number, what: string])[]): string =>
  counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(", ");
