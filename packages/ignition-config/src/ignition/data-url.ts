/** `data:` URLs for the slipway variant: the same reader as Ignition's, with advice. */
import { quote, type Violation } from "../report/violation.ts";
import { readDataUrl } from "./go/data-url.ts";
import { parseGoUrl } from "./go/url.ts";

/** The decoded bytes, or what is wrong. */
export type DataUrl = { readonly bytes: Uint8Array } | { readonly violation: Violation };

const BAD_CHARACTER = /[^A-Za-z0-9\-_.!~*'();/?:@&=+$,%]/u;
const INLINE = "write the contents under `inline`";

/** What to say instead of the reader's own words, and what to do. */
const explain = (url: string, problem: string): readonly [message: string, hint: string] => {
  const comma = url.indexOf(",");
  if (comma < 0) return ["no comma before the data", INLINE];
  if (problem.startsWith("illegal base64")) {
    return ["the data is not base64 with padding", "encode it again, as `base64 -w0` does"];
  }
  if (problem.startsWith("rfc2396")) {
    return ["a % is not followed by two hexadecimal digits", "write a literal % as %25"];
  }
  const bad = BAD_CHARACTER.exec(url.slice(comma + 1))?.[0];
  if (problem === "invalid data character" && bad !== undefined) {
    return [`character ${quote(bad)} must be written as %XX`, INLINE];
  }
  const [mediaType = ""] = url.slice("data:".length, comma).split(";", 1);
  return [
    problem === "invalid media type" ? `${quote(mediaType)} is no media type` : problem,
    INLINE,
  ];
};

const violated = (message: string, hint: string): DataUrl => ({
  violation: { rule: "data-url", message: `data URL: ${message}`, hint },
});

/** Decodes a URL that begins with `data:`. */
export const decodeDataUrl = (url: string): DataUrl => {
  // The reader of data URLs would pass over line ends in base64.
  if (parseGoUrl(url) === undefined) {
    return violated("it is no URL, which has no line ends or control characters in it", INLINE);
  }
  const read = readDataUrl(url);
  if ("bytes" in read) return read;
  const [message, hint] = explain(url, read.problem);
  return violated(message, hint);
};
