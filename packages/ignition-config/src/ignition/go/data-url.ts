/** `data:` URLs as the Go library `dataurl` reads them, with its own words for what is wrong. */
import { decodeBase64 } from "./base64.ts";

/** The decoded bytes, or the Go library's message. */
export type ReadDataUrl = { readonly bytes: Uint8Array } | { readonly problem: string };

/** Thrown and caught in this file only. */
class Problem extends Error {}

const refuse = (message: string): never => {
  throw new Problem(message);
};

const KNOWN_TYPE = /^(?:text|image|audio|video|application|message|multipart)/;
/** Printable ASCII but for the separators of media types. */
const TOKEN = /^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]$/;
const BAD_DATA = /[^!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]/u;
const BAD_BASE64 = /[^A-Za-z0-9+/=\n]/u;
const HEX_PAIR = /^[0-9A-Fa-f]{2}$/;
const NO_COMMA = "missing comma before data";

/** Bytes of a text with %XX escapes. */
const unescape = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    let byte = text.charCodeAt(at);
    if (byte === 0x25) {
      const digits = text.slice(at + 1, at + 3);
      if (!/^[0-9A-Fa-f]{0,2}$/.test(digits)) {
        return refuse("rfc2396: invalid char 0x25 in unescape sequence");
      }
      if (!HEX_PAIR.test(digits)) return refuse("rfc2396: unexpected end of unescape sequence");
      byte = Number.parseInt(digits, 16);
      at += 2;
    }
    bytes[length] = byte;
    length += 1;
  }
  return bytes.slice(0, length);
};

/** What Go allows in a string literal between double quotes. */
const GO_STRING =
  /^(?:[^"\\\n]|\\(?:[abfnrtv\\"]|x[0-9A-Fa-f]{2}|[0-3][0-7]{2}|u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}|U00(?:0(?!0[dD][89a-fA-F])[0-9A-Fa-f]|10)[0-9A-Fa-f]{4}))*$/u;

class Scanner {
  readonly #text: string;
  #at = "data:".length;
  isBase64 = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Everything up to the data; what is left is the data. */
  readHead(): string {
    this.#mediaType();
    while (this.#text[this.#at] === ";") this.#parameter();
    if (this.#text[this.#at] !== ",") {
      refuse(this.#at >= this.#text.length ? NO_COMMA : "expected semicolon or comma");
    }
    return this.#text.slice(this.#at + 1);
  }

  #mediaType(): void {
    const first = this.#text[this.#at];
    if (first === undefined) refuse(NO_COMMA);
    else if (first === ";" || first === ",") return;
    else if (!TOKEN.test(first)) refuse("invalid character after data prefix");
    const start = this.#at;
    const isExtension = /^[xX]-/.test(this.#text.slice(start, start + 2));
    // The library does not look at what follows an x.
    this.#at += first === "x" || first === "X" ? 2 : 1;
    this.#tokens("/", "invalid character for media type", "missing media type slash");
    if (!isExtension && !KNOWN_TYPE.test(this.#text.slice(start, this.#at))) {
      refuse("invalid media type");
    }
    this.#at += 1;
    this.#tokens(";,", "invalid character for media subtype", "incomplete media type");
  }

  /** Goes on to one of the `stops`. */
  #tokens(stops: string, invalid: string, ended: string): void {
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) return refuse(ended);
      if (stops.includes(character)) return;
      if (!TOKEN.test(character)) return refuse(invalid);
      this.#at += 1;
    }
  }

  #parameter(): void {
    this.#at += 1;
    const start = this.#at;
    const invalid = "invalid character for parameter attribute";
    const ended = "unterminated parameter sequence";
    const first = this.#text[start];
    if (first === "=" || first === ",") refuse(ended);
    this.#tokens("=,", invalid, ended);
    const name = this.#text.slice(start, this.#at);
    if (this.#text[this.#at] === ",") {
      if (name !== "base64") refuse(`expected base64, got ${name}`);
      this.isBase64 = true;
      return;
    }
    this.#at += 1;
    this.#value();
  }

  #value(): void {
    const first = this.#text[this.#at];
    if (first === undefined) return refuse(NO_COMMA);
    const invalid = "invalid character for parameter value";
    if (first === '"') return this.#quoted(invalid);
    if (!TOKEN.test(first)) return refuse(invalid);
    const start = this.#at;
    this.#tokens(";,", invalid, NO_COMMA);
    unescape(this.#text.slice(start, this.#at));
  }

  #quoted(invalid: string): void {
    const start = this.#at + 1;
    let at = start;
    for (; this.#text[at] !== '"'; at += 1) {
      const isEscape = this.#text[at] === "\\";
      if (isEscape) at += 1;
      const character = this.#text[at];
      if (character === undefined) return refuse("unclosed quoted string");
      if (character > "\u007f") return refuse(isEscape ? "invalid escaped character" : invalid);
    }
    if (!GO_STRING.test(this.#text.slice(start, at))) return refuse("invalid syntax");
    this.#at = at + 1;
  }
}

const readData = (data: string, isBase64: boolean): Uint8Array => {
  if ((isBase64 ? BAD_BASE64 : BAD_DATA).test(data)) return refuse("invalid data character");
  if (!isBase64) return unescape(data);
  const decoded = decodeBase64(data);
  return "bytes" in decoded
    ? decoded.bytes
    : refuse(`illegal base64 data at input byte ${decoded.badAt}`);
};

/** Decodes a `data:` URL. */
export const readDataUrl = (url: string): ReadDataUrl => {
  try {
    if (!url.startsWith("data:")) return refuse("missing data prefix");
    const scanner = new Scanner(url);
    const data = scanner.readHead();
    return { bytes: readData(data, scanner.isBase64) };
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return { problem: cause.message };
  }
};
