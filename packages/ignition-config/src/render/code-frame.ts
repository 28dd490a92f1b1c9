/** A finding with the line it is about and carets under the place. */
import type { Finding, Range } from "../report/finding.ts";
import { characterWidth, expandTabs } from "./display-width.ts";

/** A longer line is cut to a window around the place. */
const MAX_SHOWN_COLUMNS = 100;
/** Rules about lines that may hold a secret: what is printed ends up in logs. */
const SECRET_RULES: readonly string[] = ["http-header", "password-hash", "ssh-key", "url-secret"];
/** Keys whose values may be secret, in our spelling and in Ignition's. */
const SECRET_KEYS: ReadonlySet<string | number> = new Set([
  ...["key_file", "keyFile", "password_hash", "passwordHash", "http_headers", "httpHeaders"],
]);
/** How much of a cut line stands before the place. */
const BEFORE_COLUMNS = 30;

interface Cell {
  readonly text: string;
  readonly width: number;
  /** Byte column of the character, 0-based. */
  readonly byte: number;
}

const encoder = new TextEncoder();

/** Characters of the line near the place: a line may be the whole of a huge file. */
const cellsNear = (line: string, fromByte: number): readonly Cell[] => {
  const cells: Cell[] = [];
  let byte = 0;
  let column = 0;
  for (const character of line) {
    if (byte > fromByte + 4 * MAX_SHOWN_COLUMNS) break;
    const text = expandTabs(character, column);
    const width = character === "\t" ? text.length : characterWidth(text);
    cells.push({ text, width, byte });
    byte += character.length === 1 && character < "\u0080" ? 1 : encoder.encode(character).length;
    column += width;
  }
  return cells;
};

const sumWidths = (cells: readonly Cell[]): number =>
  cells.reduce((sum, { width }) => sum + width, 0);

/** The first index at which the cells from there on to `end` are not wider than `columns`. */
const windowStart = (cells: readonly Cell[], end: number, columns: number): number => {
  let start = end;
  let width = 0;
  while (start > 0 && width + (cells[start - 1]?.width ?? 0) <= columns) {
    start -= 1;
    width += cells[start]?.width ?? 0;
  }
  return start;
};

const lineOf = (text: string, line: number): string => {
  let start = 0;
  for (let number = 1; number < line; number += 1) {
    const next = text.indexOf("\n", start);
    if (next < 0) return "";
    start = next + 1;
  }
  const end = text.indexOf("\n", start);
  return text.slice(start, end < 0 ? text.length : end).replace(/\r$/, "");
};

/** The line and the carets, both as wide as a terminal shows them. */
const frame = (line: string, { start, end }: Range): readonly [string, string] => {
  const startByte = start.column - 1;
  // A span over several lines is marked to the end of its first one.
  const endByte = end.line === start.line ? end.column - 1 : Number.POSITIVE_INFINITY;
  const cells = cellsNear(line, startByte);
  const found = cells.findIndex(({ byte }) => byte >= startByte);
  const first = found < 0 ? cells.length : found;
  const fits = sumWidths(cells) <= MAX_SHOWN_COLUMNS;
  const from = fits ? 0 : windowStart(cells, first, BEFORE_COLUMNS);
  const shown: Cell[] = [];
  let width = 0;
  for (const cell of cells.slice(from)) {
    if (width + cell.width > MAX_SHOWN_COLUMNS) break;
    shown.push(cell);
    width += cell.width;
  }
  const before = from > 0 ? "…" : "";
  const after = from + shown.length < cells.length ? "…" : "";
  const marked = shown.slice(first - from).filter(({ byte }) => byte < endByte);
  const indent = sumWidths(cells.slice(from, first)) + before.length;
  const carets = "^".repeat(Math.max(1, sumWidths(marked)));
  return [
    `${before}${shown.map(({ text }) => text).join("")}${after}`.trimEnd(),
    " ".repeat(indent) + carets,
  ];
};

/**
 * A finding for people, several lines without a final line break:
 *
 * ```text
 * images/base.yaml:7:5: error[unknown-key]: unknown key "pakages" in "debian"
 *   7 |     pakages: [curl]
 *     |     ^^^^^^^
 *     = did you mean `packages`?
 * ```
 *
 * Without `sourceText`, the text of the file in its range, the frame is left out; without a range also the position.
 * No frame either where the line may hold a password or a private key.
 * Tabs are expanded to 8 columns, wide characters counted as two, control characters shown as symbols, long lines cut
 * to the part around the place. Colour is left to the caller.
 */
export const renderFinding = (finding: Finding, sourceText?: string): string => {
  const { level, rule, message, hint, path, range } = finding;
  const place =
    range === undefined ? "" : `${range.file}:${range.start.line}:${range.start.column}: `;
  const head = `${place}${level}[${rule}]: ${message}`;
  const number = range === undefined ? "" : String(range.start.line);
  const gutter = " ".repeat(number.length + 2);
  const tail = hint === undefined ? [] : [`${gutter} = ${hint}`];
  const isSecret = SECRET_RULES.includes(rule) || path.some((step) => SECRET_KEYS.has(step));
  if (range === undefined || sourceText === undefined || isSecret)
    return [head, ...tail].join("\n");
  const [line, carets] = frame(lineOf(sourceText, range.start.line), range);
  return [head, `  ${number} | ${line}`.trimEnd(), `${gutter} | ${carets}`, ...tail].join("\n");
};
