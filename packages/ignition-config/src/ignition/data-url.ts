/** `data:` URLs as Ignition reads them (RFC 2397, no white space anywhere). */
import { quote, type Violation } from "../report/violation.ts";

/** The decoded bytes, or what is wrong. */
export type DataUrl = { readonly bytes: Uint8Array } | { readonly violation: Violation };

const MEDIA_TYPE =
  /^(?:(?:text|image|audio|video|application|message|multipart|x-[!#$&^_.+0-9A-Za-z-]+)\/[!#$&^_.+0-9A-Za-z-]+)?$/;
const ATTRIBUTE = /^[!#$&^_.+0-9A-Za-z%'*-]+=.*$/;
const ALLOWED = /^[A-Za-z0-9\-_.!~*'();/?:@&=+$,%]*$/;

const problem = (message: string, hint = "write the contents under `inline`"): DataUrl => ({
  violation: { rule: "data-url", message: `data URL: ${message}`, hint },
});

const decodePercent = (data: string): Uint8Array | undefined => {
  const bytes = new Uint8Array(data.length);
  let length = 0;
  for (let at = 0; at < data.length; at += 1) {
    let byte = data.charCodeAt(at);
    if (byte === 0x25) {
      const digits = data.slice(at + 1, at + 3);
      if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return undefined;
      byte = Number.parseInt(digits, 16);
      at += 2;
    }
    bytes[length] = byte;
    length += 1;
  }
  return bytes.slice(0, length);
};

/** Strict base64: padded, nothing else in between. `atob` would skip white space and forgive missing padding. */
const decodeBase64 = (data: string): Uint8Array | undefined => {
  if (data.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return undefined;
  return Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
};

/** Decodes a URL that begins with `data:`. */
export const decodeDataUrl = (url: string): DataUrl => {
  const comma = url.indexOf(",");
  if (comma < 0) return problem("no comma before the data");
  const [mediaType = "", ...attributes] = url.slice("data:".length, comma).split(";");
  const isBase64 = attributes.at(-1) === "base64";
  const named = isBase64 ? attributes.slice(0, -1) : attributes;
  if (!MEDIA_TYPE.test(mediaType)) return problem(`${quote(mediaType)} is no media type`);
  const bad = named.find((attribute) => !ATTRIBUTE.test(attribute));
  if (bad !== undefined) return problem(`${quote(bad)} is no attribute`);
  const data = url.slice(comma + 1);
  if (!ALLOWED.test(data)) {
    const at = /[^A-Za-z0-9\-_.!~*'();/?:@&=+$,%]/u.exec(data)?.[0] ?? "";
    return problem(`character ${quote(at)} must be written as %XX`);
  }
  const bytes = isBase64 ? decodeBase64(data) : decodePercent(data);
  if (bytes !== undefined) return { bytes };
  return isBase64
    ? problem("the data is not base64 with padding", "encode it again, as `base64 -w0` does")
    : problem("a % is not followed by two hexadecimal digits", "write a literal % as %25");
};
