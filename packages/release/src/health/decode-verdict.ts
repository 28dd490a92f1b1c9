/** A verdict from its file, and back. Members of other names are left aside: another release's agent may have written it. */
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
import { DIGEST, MOMENT, SIZE, UUID, VERSION } from "../wire/shapes.ts";
import { CHECK_LEVELS } from "./check.ts";
import { MAX_CHECKS, MAX_UNITS } from "./shapes.ts";
import {
  CHECK_OUTCOMES,
  type CheckResult,
  type FailedUnit,
  type Lines,
  MAX_LINE_LENGTH,
  MAX_LINES,
  type Verdict,
  VERDICTS,
} from "./verdict.ts";

export const VERDICT_SCHEMA = 1;

/** Checks of the image, of many files of the operator's, and built-in ones. */
export const MAX_RESULTS: number = 8 * MAX_CHECKS;

export const MAX_VERDICT_BYTES: number = 8 * 1024 * 1024;

const LINE: Shape = {
  pattern: new RegExp(`^[^\\p{Cc}\\p{Cs}]{0,${MAX_LINE_LENGTH}}$`, "u"),
  is: `one line of up to ${MAX_LINE_LENGTH} characters`,
};

const TRIES: Bounds = { min: 0, max: 1_000_000 };
const MILLISECONDS: Bounds = { min: 0, max: 2 ** 40 };

const readLines = (reader: ObjectReader, name: string): Lines =>
  reader.custom(name, {
    is: `a list of up to ${MAX_LINES} items, each ${LINE.is}`,
    standIn: [],
    parse: (value) => {
      if (!Array.isArray(value) || value.length > MAX_LINES) return undefined;
      const lines = value.filter((item: unknown): item is string => typeof item === "string");
      return lines.length === value.length && lines.every((line) => LINE.pattern.test(line))
        ? lines
        : undefined;
    },
  });

const readResult = (reader: ObjectReader): CheckResult => ({
  name: reader.string("name", LINE),
  level: reader.choice("level", CHECK_LEVELS),
  outcome: reader.choice("outcome", CHECK_OUTCOMES),
  tries: reader.integer("tries", TRIES),
  milliseconds: reader.integer("milliseconds", MILLISECONDS),
  seen: reader.string("seen", LINE),
  output: readLines(reader, "output"),
});

const readFailedUnit = (reader: ObjectReader): FailedUnit => ({
  unit: reader.string("unit", LINE),
  journal: readLines(reader, "journal"),
});

/** The verdict that a value is, or everything that is wrong with it. */
export const decodeVerdict = (value: unknown): Decoded<Verdict> => {
  const problems = readSchema(value, VERDICT_SCHEMA, "the verdict");
  if (problems.findings().length > 0) return { ok: false, findings: problems.findings() };
  const reader = readObject(value, [], problems);
  const verdict: Verdict = {
    verdict: reader.choice("verdict", VERDICTS),
    reason: reader.string("reason", LINE),
    roothash: reader.string("roothash", DIGEST),
    version: reader.string("version", VERSION),
    bootId: reader.string("bootId", UUID),
    at: reader.integer("at", MOMENT),
    readBytes: reader.integer("readBytes", SIZE),
    checks: reader.list("checks", MAX_RESULTS, readResult),
    failedUnits: reader.list("failedUnits", MAX_UNITS, readFailedUnit),
  };
  return finish(verdict, problems);
};

/** The verdict that a file is. */
export const parseVerdictFile = (bytes: Uint8Array): Decoded<Verdict> => {
  const parsed = parseCanonical(bytes, { maxBytes: MAX_VERDICT_BYTES, what: "the verdict" });
  return parsed.ok ? decodeVerdict(parsed.value) : parsed;
};

/** The one text of a verdict. */
export const encodeVerdict = (verdict: Verdict): string =>
  encodeCanonical({ schema: VERDICT_SCHEMA, ...verdict });
