import { decodeDataUrl } from "../../ignition/data-url.ts";
import { verificationHash } from "../../ignition/hash.ts";
import { quote, type Violation } from "../../report/violation.ts";
import { object, text } from "../../schema/combinators.ts";
import type { Say, Schema, TextRule } from "../../schema/shape.ts";

export interface VerificationFragment {
  readonly hash?: string;
}

/** Where the bytes of a file come from: exactly one of `inline`, `local`, `source` and `secret`. */
export interface ResourceFragment {
  readonly inline?: string;
  readonly local?: string;
  readonly source?: string;
  readonly secret?: string;
  readonly compression?: string;
  readonly verification?: VerificationFragment;
}

const SOURCES = ["inline", "local", "source", "secret"] as const;

const sourceUrl: TextRule = {
  pattern: "^(?:data:|$)",
  check: (url): Violation | undefined => {
    if (url === "") return undefined;
    if (url.startsWith("data:")) {
      const decoded = decodeDataUrl(url);
      return "violation" in decoded ? decoded.violation : undefined;
    }
    return {
      rule: "source-scheme",
      message: `source ${quote(url)} cannot be read at build time`,
      hint: "use a data: URL, or keep the file beside the definition and name it with `local`",
    };
  },
};

const localFile: TextRule = {
  pattern: "^.",
  check: (path): Violation | undefined => {
    if (path === "") {
      return {
        rule: "path",
        message: "the path is empty",
        hint: "name a file beside the definition",
      };
    }
    if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) return undefined;
    return {
      rule: "path",
      message: `${quote(path)} is a URL, not a file`,
      hint: "name a local file",
    };
  },
};

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
  if (value.compression === "gzip" && value.inline !== undefined) {
    say(value, ["compression"], {
      rule: "compression",
      message: "inline text is no gzip data",
      hint: "remove `compression`; it says how the given bytes are packed, not how to store them",
    });
  }
};

/** Contents of a file. An including document's take the place of the included one's as a whole. */
export const resource: Schema<ResourceFragment> = object<ResourceFragment>(
  "Bytes from one of `inline`, `local`, `source` and `secret`.",
  {
    inline: text("The text itself, written as UTF-8.", { freeText: true, numbers: true }),
    local: text("A file, its path relative to the directory of this document.", {
      local: true,
      rule: localFile,
    }),
    source: text("A `data:` URL; empty for empty contents.", { rule: sourceUrl }),
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
  { whole: true, unsupported: ["http_headers"], check },
);
