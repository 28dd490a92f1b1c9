import type { Violation } from "../report/violation.ts";
import { type SourceText, sourceText } from "./source-text.ts";

/** A decoded document, or what is wrong with its bytes; `badText` holds the readable part for the code frame. */
export type DecodedText =
  | { readonly ok: true; readonly source: SourceText }
  | {
      readonly ok: false;
      readonly violation: Violation;
      readonly source: SourceText;
      readonly offset: number;
    };

const UTF8_MARK = [0xef, 0xbb, 0xbf] as const;

const startsWith = (bytes: Uint8Array, prefix: readonly number[]): boolean =>
  prefix.every((byte, index) => bytes[index] === byte);

/** How many bytes the well-formed character at `at` takes (Unicode table 3-7), 0 for an ill-formed one. */
const characterLength = (bytes: Uint8Array, at: number): number => {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  const follows = (count: number): boolean => {
    for (let index = 2; index <= count; index += 1) {
      if (((bytes[at + index] ?? 0) & 0xc0) !== 0x80) return false;
    }
    return true;
  };
  const secondIn = (low: number, high: number): boolean => second >= low && second <= high;
  if (lead >= 0xc2 && lead <= 0xdf) return secondIn(0x80, 0xbf) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const low = lead === 0xe0 ? 0xa0 : 0x80;
    const high = lead === 0xed ? 0x9f : 0xbf;
    return secondIn(low, high) && follows(2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const low = lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xf4 ? 0x8f : 0xbf;
    return secondIn(low, high) && follows(3) ? 4 : 0;
  }
  return 0;
};

const firstIllFormed = (bytes: Uint8Array): number => {
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return at;
};

const notUtf8 = (bytes: Uint8Array, offset: number): Violation => {
  const utf16 = startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff]);
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, "0");
  return {
    rule: "not-utf8",
    message: utf16
      ? "the file is UTF-16, not UTF-8"
      : `byte 0x${byte} does not continue UTF-8 text`,
    hint: "save the file as UTF-8",
  };
};

/**
 * Bytes to text: a byte order mark is dropped, ill-formed UTF-8 and NUL are refused where they stand.
 * A replacement character would change what the author wrote into the image without a word.
 */
export const decodeText = (file: string, bytes: Uint8Array): DecodedText => {
  const skipped = startsWith(bytes, UTF8_MARK) ? UTF8_MARK.length : 0;
  const body = bytes.subarray(skipped);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const bad = firstIllFormed(body);
  if (bad < body.length) {
    const readable = sourceText(file, decoder.decode(body.subarray(0, bad)), skipped);
    const offset = readable.text.length;
    return { ok: false, violation: notUtf8(bytes, bad + skipped), source: readable, offset };
  }
  const source = sourceText(file, decoder.decode(body), skipped);
  const nul = source.text.indexOf("\0");
  if (nul >= 0) {
    const violation: Violation = {
      rule: "nul-byte",
      message: "NUL byte: this is not a text file",
      hint: "put binary contents into a file of its own and name it with `local`",
    };
    return { ok: false, violation, source, offset: nul };
  }
  return { ok: true, source };
};
