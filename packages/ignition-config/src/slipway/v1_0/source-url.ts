/** Where contents may be fetched from, and with which headers. */
import { decodeDataUrl } from "../../ignition/data-url.ts";
import { quote, type Violation } from "../../report/violation.ts";
import type { TextRule } from "../../schema/shape.ts";

/** Whether contents with this source are fetched over HTTP. */
export const isHttp = (source: string | undefined): source is string =>
  source !== undefined && /^https?:/i.test(source);

/** Schemes of Ignition's that only a node can use, and what is missing here. */
const NODE_ONLY: ReadonlyMap<string, string> = new Map([
  ["tftp", "the network that a machine boots from"],
  ["s3", "the machine's AWS role"],
  ["arn", "the machine's AWS role"],
  ["gs", "the machine's Google Cloud account"],
]);

const PLACE_IT =
  "serve it over https:, or keep the file beside the definition and name it with `local`";

/** The rule of `source`: an `http:`, `https:` or `data:` URL, or nothing. */
export const sourceUrl: TextRule = {
  pattern: "^(?:[Hh][Tt][Tt][Pp][Ss]?://|data:|$)",
  check: (url) => {
    if (url === "") return undefined;
    if (url.startsWith("data:")) {
      const decoded = decodeDataUrl(url);
      return "violation" in decoded ? decoded.violation : undefined;
    }
    return isHttp(url) ? httpProblem(url) : schemeProblem(url);
  },
};

const schemeProblem = (url: string): Violation => {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase();
  const needs = scheme === undefined ? undefined : NODE_ONLY.get(scheme);
  return {
    rule: "source-scheme",
    message:
      needs === undefined
        ? `source ${quote(url)} cannot be read at build time`
        : `source ${quote(url)} cannot be read at build time: ${scheme}: needs ${needs}`,
    hint: PLACE_IT,
  };
};

const httpProblem = (text: string): Violation | undefined => {
  const isUrl = /^https?:\/\/[^/?#]/i.test(text) && URL.canParse(text);
  if (!isUrl || /[\s\\]/.test(text)) {
    return {
      rule: "source-url",
      message: `source ${quote(text)} is no URL`,
      hint: "write one such as `https://example.com/file`, blanks in it as %20",
    };
  }
  const url = new URL(text);
  if (url.username === "" && url.password === "") return undefined;
  return {
    rule: "url-secret",
    message: "the URL holds a user name or password, which would end up in the lock file",
    hint: "remove it; what the server must be told can go into `http_headers`",
  };
};

/** The name of a header: a token of RFC 9110. */
export const headerName: TextRule = {
  pattern: "^[-!#$%&'*+.^_`|~0-9A-Za-z]+$",
  check: (name) =>
    /^[-!#$%&'*+.^_`|~0-9A-Za-z]+$/.test(name)
      ? undefined
      : {
          rule: "http-header",
          message: `${quote(name)} is no name of an HTTP header`,
          hint: "write a name such as `Authorization`, without the colon",
        },
};

/** The value of a header: printable, on one line. A message never shows it, for it may be secret. */
export const headerValue: TextRule = {
  pattern: "^[\\x20-\\x7e]+$",
  check: (value) =>
    /^[\x20-\x7e]+$/.test(value)
      ? undefined
      : {
          rule: "http-header",
          message:
            value === ""
              ? "the value of the HTTP header is empty"
              : "the value of the HTTP header is not printable ASCII on one line",
          hint: "write the value that the server expects, or remove the header",
        },
};
