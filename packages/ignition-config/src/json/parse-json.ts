/**
 * A reader of JSON that accepts what Go's `encoding/json` accepts and refuses the rest at the same byte. It keeps no call
 * stack, so that nesting costs memory only, and stops at Go's own limit of nesting.
 */
import type { JsonMember, JsonNode, JsonSyntaxError } from "./json-node.ts";
import { isShortEscape, unquote } from "./json-text.ts";

/** The text's value, or why it has none. */
export type ParsedJson =
  | { readonly value: JsonNode; readonly hasHugeNumber: boolean }
  | { readonly error: JsonSyntaxError };

/** Go refuses what is nested deeper. */
export const MAX_NESTING = 10_000;

/** Thrown and caught in this file only. */
class Refusal extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

interface OpenObject {
  readonly kind: "object";
  readonly start: number;
  readonly members: JsonMember[];
  key: string;
  keyStart: number;
}

interface OpenArray {
  readonly kind: "array";
  readonly start: number;
  readonly items: JsonNode[];
}

type Open = OpenObject | OpenArray;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const MINUS = 0x2d;
const ZERO = 0x30;

const isBlank = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39;

const isHexDigit = (byte: number): boolean =>
  isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);

const WORDS: ReadonlyMap<number, "true" | "false" | "null"> = new Map([
  [0x74, "true"],
  [0x66, "false"],
  [0x6e, "null"],
]);

const shown = (byte: number): string => {
  const character = String.fromCharCode(byte);
  if (byte === 0x27) return String.raw`'\''`;
  if (byte === QUOTE) return `'"'`;
  if (byte >= 0x20 && byte !== 0x7f && (byte < 0x80 || byte > 0xa0)) return `'${character}'`;
  return String.raw`'\x${byte.toString(16).padStart(2, "0")}'`;
};

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;
  readonly #open: Open[] = [];
  hasHugeNumber = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  read(): JsonNode {
    for (;;) {
      let done = this.#beginValue();
      while (done !== undefined) {
        const holder = this.#open.at(-1);
        if (holder === undefined) return this.#endOfText(done);
        done = this.#afterValue(holder, done);
      }
    }
  }

  /** The byte at hand, or a refusal where the text ends. */
  #peek(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new Refusal("unexpected end of JSON input", this.#bytes.length);
    return byte;
  }

  #refuse(where: string): never {
    throw new Refusal(`invalid character ${shown(this.#peek())} ${where}`, this.#at + 1);
  }

  #skipBlanks(): void {
    while (isBlank(this.#bytes[this.#at])) this.#at += 1;
  }

  #endOfText(value: JsonNode): JsonNode {
    this.#skipBlanks();
    if (this.#at < this.#bytes.length) this.#refuse("after top-level value");
    return value;
  }

  /** A whole value, or undefined after the beginning of a list or object that has something in it. */
  #beginValue(): JsonNode | undefined {
    this.#skipBlanks();
    const byte = this.#peek();
    if (byte === OPEN_BRACE) return this.#beginObject();
    if (byte === OPEN_BRACKET) return this.#beginArray();
    if (byte === QUOTE) {
      const start = this.#at;
      const text = this.#string();
      return { kind: "string", start, end: this.#at, text };
    }
    if (byte === MINUS || isDigit(byte)) return this.#number();
    const word = WORDS.get(byte);
    return word === undefined ? this.#refuse("looking for beginning of value") : this.#word(word);
  }

  #push(open: Open): void {
    if (this.#open.length >= MAX_NESTING) throw new Refusal("exceeded max depth", this.#at + 1);
    this.#open.push(open);
    this.#at += 1;
    this.#skipBlanks();
  }

  #beginArray(): JsonNode | undefined {
    const open: OpenArray = { kind: "array", start: this.#at, items: [] };
    this.#push(open);
    return this.#peek() === CLOSE_BRACKET ? this.#close(open) : undefined;
  }

  #beginObject(): JsonNode | undefined {
    const start = this.#at;
    const open: OpenObject = {
      kind: "object",
      start,
      members: [],
      key: "",
      keyStart: 0,
    };
    this.#push(open);
    if (this.#peek() === CLOSE_BRACE) return this.#close(open);
    this.#key(open);
    return undefined;
  }

  #close(open: Open): JsonNode {
    this.#open.pop();
    this.#at += 1;
    const { start } = open;
    return open.kind === "array"
      ? { kind: "array", start, end: this.#at, items: open.items }
      : { kind: "object", start, end: this.#at, members: open.members };
  }

  #key(open: OpenObject): void {
    if (this.#peek() !== QUOTE) this.#refuse("looking for beginning of object key string");
    open.keyStart = this.#at;
    open.key = this.#string();
    this.#skipBlanks();
    if (this.#peek() !== COLON) this.#refuse("after object key");
    this.#at += 1;
  }

  /** Puts a value where it belongs; the holder itself if that ends here. */
  #afterValue(holder: Open, value: JsonNode): JsonNode | undefined {
    this.#skipBlanks();
    if (holder.kind === "array") {
      holder.items.push(value);
      const byte = this.#peek();
      if (byte === CLOSE_BRACKET) return this.#close(holder);
      if (byte !== COMMA) this.#refuse("after array element");
      this.#at += 1;
      return undefined;
    }
    const member = { key: holder.key, keyStart: holder.keyStart, value };
    holder.members.push(member);
    const byte = this.#peek();
    if (byte === CLOSE_BRACE) return this.#close(holder);
    if (byte !== COMMA) this.#refuse("after object key:value pair");
    this.#at += 1;
    this.#skipBlanks();
    this.#key(holder);
    return undefined;
  }

  #string(): string {
    const start = this.#at + 1;
    this.#at = start;
    for (let byte = this.#peek(); byte !== QUOTE; byte = this.#peek()) {
      if (byte < 0x20) this.#refuse("in string literal");
      this.#at += 1;
      if (byte === BACKSLASH) this.#escape();
    }
    const text = unquote(this.#bytes, start, this.#at);
    this.#at += 1;
    return text;
  }

  #escape(): void {
    const byte = this.#peek();
    if (!isShortEscape(byte) && byte !== 0x75) this.#refuse("in string escape code");
    this.#at += 1;
    if (byte !== 0x75) return;
    for (let digit = 0; digit < 4; digit += 1) {
      if (!isHexDigit(this.#peek())) this.#refuse(String.raw`in \u hexadecimal character escape`);
      this.#at += 1;
    }
  }

  #digits(where: string): void {
    if (!isDigit(this.#peek())) this.#refuse(where);
    while (isDigit(this.#bytes[this.#at])) this.#at += 1;
  }

  #number(): JsonNode {
    const start = this.#at;
    if (this.#bytes[this.#at] === MINUS) this.#at += 1;
    if (this.#bytes[this.#at] === ZERO) this.#at += 1;
    else this.#digits("in numeric literal");
    if (this.#bytes[this.#at] === 0x2e) {
      this.#at += 1;
      this.#digits("after decimal point in numeric literal");
    }
    const letter = this.#bytes[this.#at];
    if (letter === 0x65 || letter === 0x45) {
      this.#at += 1;
      const sign = this.#bytes[this.#at];
      if (sign === 0x2b || sign === MINUS) this.#at += 1;
      this.#digits("in exponent of numeric literal");
    }
    const text = unquote(this.#bytes, start, this.#at);
    if (!Number.isFinite(Number(text))) this.hasHugeNumber = true;
    return { kind: "number", start, end: this.#at, text };
  }

  #word(word: "true" | "false" | "null"): JsonNode {
    const start = this.#at;
    for (const letter of word) {
      if (this.#peek() !== letter.charCodeAt(0)) {
        this.#refuse(`in literal ${word} (expecting '${letter}')`);
      }
      this.#at += 1;
    }
    return { kind: word, start, end: this.#at };
  }
}

/** Reads one JSON value and nothing after it. Takes time in proportion to the text's length. */
export const parseJson = (bytes: Uint8Array): ParsedJson => {
  const reader = new Reader(bytes);
  try {
    const value = reader.read();
    return { value, hasHugeNumber: reader.hasHugeNumber };
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    return { error: { message: cause.message, offset: cause.offset } };
  }
};
