import { verificationHash } from "../../ignition/hash.ts";
import { quote, type Violation } from "../../report/violation.ts";
import { listBy, object, required, text } from "../../schema/combinators.ts";
import type { Say, Schema, TextRule } from "../../schema/shape.ts";
import { localFile } from "./local-file.ts";
import { headerName, headerValue, isHttp, sourceUrl } from "./source-url.ts";

export interface VerificationFragment {
  readonly hash?: string;
}

export interface HttpHeaderFragment {
  readonly name: string;
  readonly value: string;
}

/** Where the bytes of a file come from: exactly one of `inline`, `local`, `source` and `secret`. */
export interface ResourceFragment {
  readonly inline?: string;
  readonly local?: string;
  readonly source?: string;
  readonly secret?: string;
  readonly http_headers?: readonly HttpHeaderFragment[];
  readonly compression?: string;
  readonly verification?: VerificationFragment;
}

const SOURCES = ["inline", "local", "source", "secret"] as const;

const compressionName: TextRule = {
  pattern: "^(?:gzip)?$",
  check: (name): Violation | undefined =>
    name === "" || name === "gzip"
      ? undefined
      : {
          rule: "compression",
          message: `compression ${quote(name)} is unknown`,
          hint: "use `gzip`",
        },
};

const check = (value: ResourceFragment, say: Say): void => {
  const given = SOURCES.filter((name) => value[name] !== undefined);
  const [, second] = given;
  if (second !== undefined) {
    say(value, [second], {
      rule: "several-sources",
      message: `contents are given by ${given.map((name) => `\`${name}\``).join(" and ")}`,
      hint: "keep one of them",
    });
  }
  if (given.length === 0 || value.secret !== undefined) {
    for (const name of ["compression", "verification"] as const) {
      if (value[name] === undefined || value[name] === "") continue;
      say(value, [name], {
        rule: "missing-source",
        message: `\`${name}\` without contents${given.length === 0 ? "" : " that are known at build time"}`,
        hint: given.length === 0 ? "add `inline`, `local` or `source`, or remove it" : "remove it",
      });
    }
  }
  if ((value.http_headers ?? []).length > 0 && !isHttp(value.source)) {
    say(value, ["http_headers"], {
      rule: "http-header",
      message: "HTTP headers for contents that are not fetched over HTTP",
      hint: "remove them, or name an http: or https: `source`",
    });
  }
  if (value.compression === "gzip" && value.inline !== undefined) {
    say(value, ["compression"], {
      rule: "compression",
      message: "inline text is no gzip data",
      hint: "remove `compression`; it says how the given bytes are packed, not how to store them",
    });
  }
};

const header: Schema<HttpHeaderFragment> = object<HttpHeaderFragment>("A header of the request.", {
  name: required(text("Its name.", { rule: headerName })),
  value: required(text("Its value.", { rule: headerValue, numbers: true })),
});

/** Contents of a file. An including document's take the place of the included one's as a whole. */
export const resource: Schema<ResourceFragment> = object<ResourceFragment>(
  "Bytes from one of `inline`, `local`, `source` and `secret`.",
  {
    inline: text("The text itself, written as UTF-8.", { freeText: true, numbers: true }),
    local: text("A file, its path relative to the directory of this document.", {
      local: true,
      rule: localFile,
    }),
    source: text(
      "An `https:` or `http:` URL, fetched when the image is locked, or a `data:` URL; empty for empty contents.",
      { rule: sourceUrl },
    ),
    http_headers: listBy(
      "Sent when `source` is fetched, but not on after a redirect.",
      "name",
      header,
    ),
    secret: text(
      "The name of a secret, which the node writes into the file each time it starts; mode 0600 by default.",
    ),
    compression: text("How the given bytes are packed: `gzip`, or empty for not at all.", {
      rule: compressionName,
    }),
    verification: object<VerificationFragment>("What the unpacked bytes must be.", {
      hash: text("`sha256-` or `sha512-` and the hexadecimal digits.", { rule: verificationHash }),
    }),
  },
  { whole: true, check },
);
