/** The published contents of a release from their bytes, and back. */
import { brotliDecompressSync } from "node:zlib";
import { pack } from "../frames/pack.ts";
import { encodeCanonical, parseCanonical } from "../wire/canonical-json.ts";
import type { Decoded } from "../wire/finding.ts";
import {
  type Bounds,
  finish,
  type ObjectReader,
  readObject,
  readSchema,
  type Shape,
} from "../wire/reader.ts";
import { DIGEST } from "../wire/shapes.ts";
import { type ContainedEtc, type ReleaseContents, UNIT_MANAGERS, UNIT_STATES } from "./contents.ts";

export const CONTENTS_SCHEMA = 1;

/** As it is fetched. A container host has 12 kB. */
export const MAX_CONTENTS_BYTES: number = 256 * 1024;

/** A hostile file of few bytes can be one of many. */
const MAX_TEXT_BYTES: number = 8 * 1024 * 1024;

const MAX_ITEMS = 20_000;

const LINE: Shape = {
  pattern: /^[^\p{Cc}\p{Cs}]{1,4096}$/u,
  is: "one line of 1 to 4096 characters",
};
const PATH: Shape = {
  pattern: /^(?:[^\p{Cc}\p{Cs}/][^\p{Cc}\p{Cs}]{0,4095})?$/u,
  is: "a path without a leading slash, of up to 4096 characters",
};
const UNIT: Shape = {
  pattern: /^[^\p{Cc}\p{Cs}/\s]{1,256}$/u,
  is: "the name of a unit",
};
const MARK: Shape = { pattern: /^[0-9a-f]{16}$/, is: "16 lower-case hexadecimal digits" };
const PACKAGE: Shape = {
  pattern: /^[a-z0-9][a-z0-9+.-]{0,127}$/,
  is: "the name of a package or of Debian's architecture",
};
const PACKAGE_VERSION: Shape = {
  pattern: /^[A-Za-z0-9.+:~-]{1,128}$/,
  is: "the version of a package",
};
const MODE: Bounds = { min: 0, max: 0o7777 };
const ID: Bounds = { min: 0, max: 0xffff_ffff };

const readEtc = (reader: ObjectReader): ContainedEtc => {
  const owned = {
    path: reader.string("path", PATH),
    uid: reader.integer("uid", ID),
    gid: reader.integer("gid", ID),
  };
  const kind = reader.choice("kind", ["directory", "file", "symlink"]);
  if (kind === "symlink") return { ...owned, kind, target: reader.string("target", LINE) };
  const mode = reader.integer("mode", MODE);
  return kind === "directory"
    ? { ...owned, kind, mode }
    : { ...owned, kind, mode, sha256: reader.string("sha256", DIGEST) };
};

/** The contents that a value is, or everything that is wrong with it. Members of other names are left aside. */
export const decodeContents = (value: unknown): Decoded<ReleaseContents> => {
  const problems = readSchema(value, CONTENTS_SCHEMA, "the contents");
  if (problems.findings().length > 0) return { ok: false, findings: problems.findings() };
  const reader = readObject(value, [], problems);
  return finish(
    {
      kernelArguments: reader.custom<readonly string[]>("kernelArguments", {
        is: "a list of words",
        standIn: [],
        parse: (list) => readWords(list),
      }),
      packages: reader.list("packages", MAX_ITEMS, (one) => ({
        name: one.string("name", PACKAGE),
        version: one.string("version", PACKAGE_VERSION),
        architecture: one.string("architecture", PACKAGE),
      })),
      units: reader.list("units", MAX_ITEMS, (one) => ({
        manager: one.choice("manager", UNIT_MANAGERS),
        unit: one.string("unit", UNIT),
        state: one.choice("state", UNIT_STATES),
        mark: one.string("mark", MARK),
      })),
      etc: reader.list("etc", MAX_ITEMS, readEtc),
    },
    problems,
  );
};

const readWords = (value: unknown): readonly string[] | undefined => {
  if (!Array.isArray(value) || value.length > MAX_ITEMS) return undefined;
  const words: readonly unknown[] = value;
  const isWord = (word: unknown): word is string =>
    typeof word === "string" && LINE.pattern.test(word);
  return words.every(isWord) ? words : undefined;
};

/** The contents that a published file holds. The caller has checked the file's digest against the signed manifest. */
export const parseContentsFile = (bytes: Uint8Array): Decoded<ReleaseContents> => {
  let text: Uint8Array;
  try {
    text = brotliDecompressSync(bytes, { maxOutputLength: MAX_TEXT_BYTES });
  } catch {
    return {
      ok: false,
      findings: [
        {
          level: "error",
          rule: "not-json",
          message: `the contents cannot be decompressed, or are more than ${MAX_TEXT_BYTES} bytes`,
          hint: "publish the release again",
          path: [],
        },
      ],
    };
  }
  const parsed = parseCanonical(text, { maxBytes: MAX_TEXT_BYTES, what: "the contents" });
  return parsed.ok ? decodeContents(parsed.value) : parsed;
};

/** The one file of such contents, as it is published. */
export const encodeContents = (contents: ReleaseContents): Uint8Array =>
  pack(Buffer.from(encodeCanonical({ schema: CONTENTS_SCHEMA, ...contents })));
