/** Text as Go's `%q` prints it. */

const SHORT: ReadonlyMap<string, string> = new Map([
  ["\u0007", String.raw`\a`],
  ["\b", String.raw`\b`],
  ["\f", String.raw`\f`],
  ["\n", String.raw`\n`],
  ["\r", String.raw`\r`],
  ["\t", String.raw`\t`],
  ["\v", String.raw`\v`],
  ['"', String.raw`\"`],
  ["\\", "\\\\"],
]);

const PRINTABLE = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

const hex = (point: number, digits: number): string => point.toString(16).padStart(digits, "0");

const quoteCharacter = (character: string): string => {
  const short = SHORT.get(character);
  if (short !== undefined) return short;
  if (PRINTABLE.test(character)) return character;
  const point = character.codePointAt(0) ?? 0;
  if (point < 0x80) return String.raw`\x${hex(point, 2)}`;
  return point < 0x1_0000 ? String.raw`\u${hex(point, 4)}` : String.raw`\U${hex(point, 8)}`;
};

/** The text in double quotes, what cannot be printed escaped. */
export const goQuote = (text: string): string => `"${Array.from(text, quoteCharacter).join("")}"`;
