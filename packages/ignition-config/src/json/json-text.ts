/** The texts of JSON's strings. */
import { decodeUtf8 } from "./utf8.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [QUOTE, '"'],
  [BACKSLASH, "\\"],
  [0x2f, "/"],
  [0x62, "\b"],
  [0x66, "\f"],
  [0x6e, "\n"],
  [0x72, "\r"],
  [0x74, "\t"],
]);

/** Whether a byte may stand after a backslash, `u` aside. */
export const isShortEscape = (byte: number): boolean => ESCAPES.has(byte);

/** Bytes up to this many are put together faster by hand than by a decoder. */
const SHORT = 24;

const plainText = (bytes: Uint8Array, start: number, end: number): string => {
  if (end - start > SHORT) return decodeUtf8(bytes.subarray(start, end));
  let text = "";
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80) return decodeUtf8(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
};

/** The four digits at `at`, or -1 where no `\u` escape begins at `at - 2`. */
const unitAt = (bytes: Uint8Array, at: number): number => {
  if (bytes[at - 2] !== BACKSLASH || bytes[at - 1] !== 0x75) return -1;
  const unit = Number.parseInt(plainText(bytes, at, at + 4), 16);
  return Number.isNaN(unit) ? -1 : unit;
};

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** What stands between two quotes, known to be well formed; a lone surrogate becomes U+FFFD. */
export const unquote = (bytes: Uint8Array, start: number, end: number): string => {
  // A search of the whole text would run to its end for every string without an escape.
  const inside = bytes.subarray(0, end);
  let at = inside.indexOf(BACKSLASH, start);
  if (at < 0) return plainText(bytes, start, end);
  const parts: string[] = [];
  let from = start;
  while (at >= 0) {
    parts.push(plainText(bytes, from, at));
    const short = ESCAPES.get(bytes[at + 1] ?? 0);
    if (short !== undefined) {
      parts.push(short);
      from = at + 2;
    } else {
      const unit = unitAt(bytes, at + 2);
      const next = isHigh(unit) && at + 8 < end ? unitAt(bytes, at + 8) : -1;
      const isPair = isLow(next);
      const isLone = !isPair && (isHigh(unit) || isLow(unit));
      parts.push(isLone ? "\u{fffd}" : String.fromCharCode(unit, ...(isPair ? [next] : [])));
      from = at + (isPair ? 12 : 6);
    }
    at = inside.indexOf(BACKSLASH, from);
  }
  parts.push(plainText(bytes, from, end));
  return parts.join("");
};
