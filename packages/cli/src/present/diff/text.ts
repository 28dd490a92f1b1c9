/** What `slipway diff` prints for people. Pure. */
import type { ReleaseDiff } from "@slipway/composer";
import { printableLine } from "@slipway/host/command-line";
import { type Cell, type Item, type Part } from "./parts.ts";
import { diffParts, diffTitle, identicalText, type PartOptions } from "./release.ts";

/** One block a part, ending in a line feed. */
export const diffText = (diff: ReleaseDiff, options: PartOptions): string => {
  if (diff.isIdentical) return `${identicalText(diff)}\n`;
  const blocks = diffParts(diff, options).map(block);
  // Names, targets and arguments come out of images: a terminal must not obey them.
  return `${[[diffTitle(diff, "->")], ...blocks]
    .map((lines) => lines.map((line) => indented(line)).join("\n"))
    .join("\n\n")}\n`;
};

const block = ({ title, table, items = [], notes = [] }: Part): readonly string[] => [
  title,
  ...(table === undefined ? [] : columns(table.rows)),
  ...items.map(itemLine),
  ...notes.map((note) => `  ${note}`),
];

const indented = (line: string): string => `${/^ */.exec(line)?.[0] ?? ""}${printableLine(line)}`;

const plain = (cell: Cell): string => (typeof cell === "string" ? cell : cell.code);

const itemLine = ({ sign, name, detail }: Item): string =>
  `  ${sign} ${plain(name)}${detail === "" ? "" : `  ${detail}`}`;

/** Longer cells than this go over the edge alone. */
const WIDEST = 40;

const columns = (rows: readonly (readonly Cell[])[]): readonly string[] => {
  const texts = rows.map((row) => row.map((cell) => printableLine(plain(cell))));
  const widths = (texts[0] ?? []).map((_, column) =>
    Math.min(WIDEST, Math.max(...texts.map((row) => row[column]?.length ?? 0))),
  );
  return texts.map((row) =>
    `  ${row.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
};
