/** Foreign text cut down to what may be kept of it. */
import { type Lines, MAX_LINE_LENGTH, MAX_LINES } from "./verdict.ts";

/** One line of at most `MAX_LINE_LENGTH` characters; what canonical form cannot hold is shown as a replacement character. */
export const boundLine = (text: string): string =>
  // First cut, then cleaned: a cut may halve a character.
  (text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH - 1)}…` : text).replaceAll(
    /[\p{Cc}\p{Cs}]/gu,
    "\uFFFD",
  );

/** The last lines of a text, each bounded. Where a line begins that was cut off in front cannot be told. */
export const lastLines = (text: string, most: number = MAX_LINES): Lines =>
  text
    // More than this many characters cannot be kept, and a program may have written megabytes.
    .slice(-(MAX_LINES * MAX_LINE_LENGTH * 4))
    .split(/\r?\n|\r/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .slice(-Math.min(most, MAX_LINES))
    .map(boundLine);
