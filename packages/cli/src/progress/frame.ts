/** Painting over what was painted before. Pure. */
import type { Paint } from "@slipway/host/command-line";
import { columnsOf } from "../text/width.ts";
import { type Line, paintLine, textOf } from "./lines.ts";

/** What stands on the screen: the columns of each line of the display. */
export type Painted = readonly number[];

export const NOTHING_PAINTED: Painted = [];

const ESCAPE = "\u001b[";
/** Terminals that know it (DEC mode 2026) show what lies between at once; others ignore it. */
const BEGIN = `${ESCAPE}?2026h`;
const END = `${ESCAPE}?2026l`;
const ERASE_REST_OF_LINE = `${ESCAPE}K`;
const ERASE_BELOW = `${ESCAPE}J`;

/** A terminal that was made narrower has wrapped the lines that were painted on it. */
const rowsOf = (painted: Painted, columns: number): number =>
  painted.reduce((rows, width) => rows + Math.max(1, Math.ceil(width / columns)), 0);

/**
 * What to write so that `lasting` stands above and `lines` below it, where the display was. The display's own lines
 * are written over, not cleared first, so nothing flickers; they fit the terminal, lasting ones may wrap. The cursor
 * rests below, visible, and no mode is left changed: however the program ends, the terminal is as it was.
 */
export const repaint = (
  before: Painted,
  columns: number,
  { lasting, lines }: { readonly lasting: readonly string[]; readonly lines: readonly Line[] },
  paint: Paint,
): { readonly text: string; readonly painted: Painted } => {
  const rows = rowsOf(before, Math.max(1, columns));
  const up = rows === 0 ? "" : `${ESCAPE}${rows}A\r`;
  // A wrapped line ends in the last column, where erasing the rest would take its last character.
  const above = lasting.length === 0 ? "" : `${ERASE_BELOW}${lasting.join("\n")}\n`;
  const below = lines.map((line) => `${paintLine(line, paint)}${ERASE_REST_OF_LINE}\n`).join("");
  return {
    text: `${BEGIN}${up}${above}${below}${rows === 0 ? "" : ERASE_BELOW}${END}`,
    painted: lines.map((line) => columnsOf(textOf(line))),
  };
};
