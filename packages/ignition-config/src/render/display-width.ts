/** How wide a terminal shows a character. */

const TAB_COLUMNS = 8;

/** Ranges of East Asian wide characters and emoji, coarse on purpose: carets may be off by one in rare scripts. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
/** Characters that are drawn over the one before them. */
const COMBINING = /[\p{Mn}\p{Me}]/u;
/** Characters that would move the cursor, clear the screen or turn the line around. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** A tab as blanks up to the next stop after `column`; what would act on the terminal as a symbol. */
export const expandTabs = (character: string, column: number): string => {
  if (character === "\t") return " ".repeat(TAB_COLUMNS - (column % TAB_COLUMNS));
  return INVISIBLE.test(character) ? "\ufffd" : character;
};

/** 0, 1 or 2 columns. */
export const characterWidth = (character: string): number => {
  if (character < "\u0300") return 1;
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
};
