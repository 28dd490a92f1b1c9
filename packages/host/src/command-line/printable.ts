/** Text from outside, made harmless for a terminal. */
import { stripVTControlCharacters } from "node:util";

/** Controls other than the line feed, and what turns a line around or breaks it unseen. */
const UNPRINTABLE =
  // oxlint-disable-next-line no-control-regex -- controls are what this is about
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Without escape sequences; other controls become `?`, tabs two blanks. Line feeds stay. */
export const printable = (text: string): string =>
  stripVTControlCharacters(text)
    .replaceAll("\t", "  ")
    .replaceAll("\r\n", "\n")
    .replaceAll(UNPRINTABLE, "?");

/** The same on one line. */
export const printableLine = (text: string): string =>
  printable(text)
    .replaceAll(/\s*\n\s*/g, " ")
    .trim();
