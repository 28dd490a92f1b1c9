/** UTF-8 as Go reads it: each byte that is no part of a character becomes one U+FFFD. */

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const REPLACEMENT = 0xfffd;

/** Least code point and number of continuation bytes for a first byte. */
const leadOf = (byte: number): { readonly least: number; readonly more: number } | undefined => {
  if (byte >= 0xc2 && byte <= 0xdf) return { least: 0x80, more: 1 };
  if (byte >= 0xe0 && byte <= 0xef) return { least: 0x800, more: 2 };
  if (byte >= 0xf0 && byte <= 0xf4) return { least: 0x1_0000, more: 3 };
  return undefined;
};

interface Rune {
  readonly point: number;
  readonly width: number;
}

const BAD: Rune = { point: REPLACEMENT, width: 1 };

const runeAt = (bytes: Uint8Array, at: number): Rune => {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return { point: first, width: 1 };
  const lead = leadOf(first);
  if (lead === undefined) return BAD;
  let point = first & (0x3f >> lead.more);
  for (let index = 1; index <= lead.more; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined || (byte & 0xc0) !== 0x80) return BAD;
    point = (point << 6) | (byte & 0x3f);
  }
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < lead.least || point > 0x10_ffff || isSurrogate) return BAD;
  return { point, width: lead.more + 1 };
};

const decodeLeniently = (bytes: Uint8Array): string => {
  const parts: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { point, width } = runeAt(bytes, at);
    parts.push(String.fromCodePoint(point));
    at += width;
  }
  return parts.join("");
};

/** The text of UTF-8 bytes; never fails. */
export const decodeUtf8 = (bytes: Uint8Array): string => {
  try {
    return strict.decode(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return decodeLeniently(bytes);
  }
};

const encoder = new TextEncoder();

/** How many bytes the text has in UTF-8. */
export const utf8Length = (text: string): number => {
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    // Past the first odd character the encoder knows best.
    if (unit >= 0x80) return length + encoder.encode(text.slice(at)).length;
    length += 1;
  }
  return length;
};

/** The text's bytes in UTF-8. */
export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text);
