/** Unit files as go-systemd reads them, to the byte: it decides what a valid config is, and is odder than systemd. */
import { decodeUtf8, encodeUtf8 } from "../../json/utf8.ts";
import { BufferedBytes } from "./buffered.ts";
import { goQuote } from "./quote.ts";

/** The sections in order and those among them that hold an option; or what is wrong and in which line, from 1. */
export type UnitFile =
  | { readonly sections: readonly string[]; readonly filled: ReadonlySet<string> }
  | { readonly problem: string; readonly line: number };

/** systemd's own limit; a line of this length is one too long. */
const MAX_LINE_BYTES = 2048;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BACKSLASH = 0x5c;
const EQUALS = 0x3d;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** Thrown and caught in this file only. */
class Problem extends Error {}

/** What Go's `unicode.IsSpace` holds for white space, beyond which JavaScript counts U+FEFF and not U+0085. */
const BLANK =
  /^[\t\n\v\f\r \u{85}\u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}]*$/u;

const trimmed = (text: string): string => {
  const isSpace = (character: string): boolean => BLANK.test(character);
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text[start] ?? "")) start += 1;
  while (end > start && isSpace(text[end - 1] ?? "")) end -= 1;
  return text.slice(start, end);
};

type State = "outside" | "section" | "inside";

class UnitReader {
  readonly #source: BufferedBytes;
  readonly sections: string[] = [];
  readonly filled = new Set<string>();
  /** Where the section, comment or option at hand begins. */
  itemStart = 0;
  /** The next end of a line, for `#checkLength`. */
  #lineEnd = -1;

  constructor(bytes: Uint8Array) {
    this.#source = new BufferedBytes(bytes);
  }

  read(): void {
    let state: State | undefined = "outside";
    while (state !== undefined) {
      this.#checkLength();
      state = state === "section" ? this.#section() : this.#next(state);
    }
  }

  /** The reader looks at what it happens to have buffered between two steps. */
  #checkLength(): void {
    if (this.#source.buffered < MAX_LINE_BYTES) return;
    const { at, bytes } = this.#source;
    if (this.#lineEnd < at) {
      let end = at;
      while (end < bytes.length && bytes[end] !== NEWLINE && bytes[end] !== RETURN) end += 1;
      this.#lineEnd = end;
    }
    if (this.#lineEnd - at >= MAX_LINE_BYTES) {
      throw new Problem(`line too long (max ${MAX_LINE_BYTES} bytes)`);
    }
  }

  #next(state: "outside" | "inside"): State | undefined {
    const start = this.#source.at;
    const lead = this.#source.skipCharacter();
    if (lead === undefined) return undefined;
    this.itemStart = start;
    if (lead === OPEN) return "section";
    if (lead === 0x23 || lead === 0x3b) {
      this.#checkLength();
      this.#comment();
      return state;
    }
    if (state === "outside" || this.#isBlank(start, this.#source.at)) return state;
    this.#source.at = start;
    this.#checkLength();
    this.#option();
    return state;
  }

  #isBlank(start: number, end: number): boolean {
    return BLANK.test(this.#text(start, end));
  }

  #text(start: number, end: number): string {
    return decodeUtf8(this.#source.bytes.subarray(start, end));
  }

  /** The span up to the end of the line; a carriage return before the line feed belongs to it. */
  #line(): { readonly start: number; readonly end: number } {
    const start = this.#source.at;
    const isEnded = this.#source.skipThrough(NEWLINE);
    const end = this.#source.at - (isEnded ? 1 : 0);
    const hasReturn = !isEnded && end > start && this.#source.bytes[end - 1] === RETURN;
    return { start, end: end - (hasReturn ? 1 : 0) };
  }

  #section(): State {
    const start = this.#source.at;
    if (!this.#source.skipThrough(CLOSE)) throw new Problem("unable to find end of section");
    const name = this.#text(start, this.#source.at - 1);
    this.#checkLength();
    const line = this.#line();
    const rest = trimmed(this.#text(line.start, line.end));
    if (rest !== "") throw new Problem(`found garbage after section name : ${goQuote(rest)}`);
    this.sections.push(name);
    return "inside";
  }

  #comment(): void {
    for (;;) {
      const { start, end } = this.#line();
      const { bytes } = this.#source;
      const last = end > start && bytes[end - 1] === 0x20 ? end - 1 : end;
      if (last === start || bytes[last - 1] !== BACKSLASH) return;
    }
  }

  #option(): void {
    const { bytes } = this.#source;
    for (;;) {
      const byte = this.#source.skipCharacter();
      if (byte === undefined) throw new Problem("EOF");
      if (byte === NEWLINE || byte === RETURN) {
        throw new Problem("unexpected newline encountered while parsing option name");
      }
      if (byte === EQUALS) break;
    }
    for (;;) {
      this.#checkLength();
      const { start, end } = this.#line();
      const isContinued = end > start && bytes[end - 1] === BACKSLASH;
      if (!isContinued || this.#isBlank(start, end)) break;
    }
    this.filled.add(this.sections.at(-1) ?? "");
  }
}

/** Reads a unit file. Takes time in proportion to its length. */
export const readUnitFile = (text: string): UnitFile => {
  const bytes = encodeUtf8(text);
  const reader = new UnitReader(bytes);
  try {
    reader.read();
    return { sections: reader.sections, filled: reader.filled };
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    const line = decodeUtf8(bytes.subarray(0, reader.itemStart)).split("\n").length;
    return { problem: cause.message, line };
  }
};
