/** What `slipway diff --format md` prints, for release notes: the same releases give the same bytes. Pure. */
import type { ReleaseDiff } from "@slipway/composer";
import { printableLine } from "@slipway/host/command-line";
import type { Cell, Item, Part } from "./parts.ts";
import { diffParts, diffTitle, identicalText, type PartOptions } from "./release.ts";

/** Headings from the second level down, so that it fits under a title; GitHub's tables. */
export const diffMarkdown = (diff: ReleaseDiff, options: PartOptions): string => {
  if (diff.isIdentical) return `${escaped(identicalText(diff))}.\n`;
  const blocks = diffParts(diff, options).map(block);
  return `${[`## ${escaped(diffTitle(diff, "→"))}`, ...blocks.flat()].join("\n\n")}\n`;
};

const block = ({ title, table, items = [], notes = [] }: Part): readonly string[] => [
  `### ${escaped(title)}`,
  ...(table === undefined || table.rows.length === 0 ? [] : [tableText(table)]),
  ...(items.length === 0 ? [] : [items.map(itemLine).join("\n")]),
  ...notes.map((note) => escaped(note)),
];

const tableText = ({ head, rows }: Exclude<Part["table"], undefined>): string =>
  [head, head.map(() => "---"), ...rows.map((row) => row.map(tableCell))]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");

const WORDS = { "+": "added ", "-": "removed ", "~": "changed ", "!": "" } as const;

const itemLine = ({ sign, name, detail }: Item): string =>
  `- ${WORDS[sign]}${cellText(name)}${detail === "" ? "" : `: ${escaped(detail)}`}`;

const cellText = (cell: Cell): string =>
  typeof cell === "string" ? escaped(cell) : codeSpan(cell.code);

/** A column's bar is escaped even between backticks, but there alone (GFM, "Tables"). */
const tableCell = (cell: Cell): string =>
  typeof cell === "string" ? escaped(cell) : codeSpan(cell.code).replaceAll("|", "\\|");

/** Texts out of an image must not become links, HTML or further columns. */
const escaped = (text: string): string =>
  printableLine(text)
    .replaceAll(/[\\`*[\]<|#~&]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, "\\$&")
    // A bare address would become a link.
    .replaceAll("://", ":\\//");

/** Between more backticks than it holds (CommonMark 6.1). */
const codeSpan = (text: string): string => {
  const plain = printableLine(text);
  const longest = Math.max(0, ...(plain.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return longest === 0 ? `${fence}${plain}${fence}` : `${fence} ${plain} ${fence}`;
};
