/** How many columns a terminal gives to a text. */

/** What terminals agree to show in one column: the scripts below Hangul Jamo, dashes, arrows, lines, blocks. */
const isNarrow = (code: number): boolean =>
  code < 0x1100 ||
  (code >= 0x2010 && code <= 0x2027) ||
  (code >= 0x2190 && code <= 0x21ff) ||
  (code >= 0x2500 && code <= 0x259f);

/**
 * At least as many columns as any terminal uses: what is not known to be narrow counts as wide, and what is drawn
 * over the character before it counts too. A line that is thought too wide is cut early, one that is thought too
 * narrow would wrap and spoil the display.
 */
export const columnsOf = (text: string): number => {
  let columns = 0;
  for (const character of text) columns += isNarrow(character.codePointAt(0) ?? 0) ? 1 : 2;
  return columns;
};

/** The text, or as much of it as fits into `columns` with an ellipsis at the end. */
export const clip = (text: string, columns: number): string => {
  if (columnsOf(text) <= columns) return text;
  if (columns < 1) return "";
  let kept = "";
  let left = columns - 1;
  for (const character of text) {
    left -= columnsOf(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
};
