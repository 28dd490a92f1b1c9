/** Ignition configs from bytes, with Ignition's own report. */
import { indexLines, type LineIndex } from "../json/line-index.ts";
import type { JsonNode } from "../json/json-node.ts";
import { parseJson } from "../json/parse-json.ts";
import type { Minor, Tables } from "./schema/table.ts";
import { checkIgnition } from "./check.ts";
import { decode, type Decoded } from "./decode.ts";
import { type Entry, hasErrors } from "./entry.ts";
import { placeOfKey, placeOfValue } from "./places.ts";
import { MESSAGES } from "./rules/messages.ts";
import { isVersion } from "./rules/root-rules.ts";
import { property } from "./schema/item-key.ts";
import { ignitionShapes, shapesAt, type ShapeOf } from "./schema/tables.ts";
import type { ConfigAt } from "./schema/types.ts";
import { type IgnitionVersion, versionOf } from "./schema/versions.ts";
import { parseSemver } from "./semver.ts";
import { findUnusedKeys } from "./unused-keys.ts";

/** A valid config with the spec it was written for. */
export interface ValidIgnition {
  readonly version: IgnitionVersion;
  readonly minor: Minor;
  /** Valid for its version. */
  readonly config: ConfigAt<Minor>;
}

/** What came of reading a config. */
export interface ParsedIgnition {
  /** In Ignition's order. */
  readonly report: readonly Entry[];
  /** Why there is no config, in Ignition's words; absent when there is one. */
  readonly failure?: string;
  /** The config, unless an error was found. */
  readonly document?: ValidIgnition;
}

const MINORS: readonly Minor[] = [0, 1, 2, 3, 4, 5, 6, 7];

/** All that is looked at before the version is known. */
const VERSION_TABLES: Tables = {
  Config: {
    description: "A config of any version.",
    fields: { ignition: { type: "Ignition", description: "Where the version is." } },
  },
  Ignition: {
    description: "Where the version is.",
    fields: { version: { type: "string", presence: "required", description: "The version." } },
  },
};

const versionShapes = shapesAt(VERSION_TABLES, 0);

const failed = (failure: string, report: readonly Entry[] = []): ParsedIgnition => ({
  report,
  failure,
});

/** True by construction: what was decoded followed the tables, from which the types are inferred. */
const isConfig = <M extends Minor>(value: Decoded, _minor: M): value is Decoded & ConfigAt<M> =>
  typeof property(value, "ignition") === "object";

const readVersion = (text: string, newest: Minor): Minor | string => {
  if (parseSemver(text) === undefined) return MESSAGES.versionUnparsable;
  const minor = MINORS.find((candidate) => isVersion(text, candidate));
  return minor === undefined || minor > newest ? MESSAGES.versionUnknown : minor;
};

type Read = { readonly value: Decoded } | { readonly failed: ParsedIgnition };

class Parser {
  readonly #root: JsonNode;
  readonly #hasPlaces: boolean;
  readonly #lines: LineIndex;

  constructor(root: JsonNode, hasPlaces: boolean, bytes: Uint8Array) {
    this.#root = root;
    this.#hasPlaces = hasPlaces;
    this.#lines = indexLines(bytes);
  }

  #decode(shapeOf: ShapeOf, minor: number): Read {
    const decoded = decode(this.#root, "Config", shapeOf, minor);
    if ("value" in decoded) return decoded;
    const { message, offset } = decoded.mismatch;
    const entry: Entry = { kind: "error", path: [], message, place: this.#lines(offset) };
    return { failed: failed(MESSAGES.invalid, [entry]) };
  }

  parse(newest: Minor): ParsedIgnition {
    const stub = this.#decode(versionShapes, 0);
    if ("failed" in stub) return stub.failed;
    const version = property(property(stub.value, "ignition"), "version");
    const minor = readVersion(typeof version === "string" ? version : "", newest);
    return typeof minor === "string" ? failed(minor) : this.#parseAs(minor);
  }

  #parseAs(minor: Minor): ParsedIgnition {
    const shapeOf = ignitionShapes(minor);
    const read = this.#decode(shapeOf, minor);
    if ("failed" in read) return read.failed;
    if (!isConfig(read.value, minor)) return failed(MESSAGES.versionUnparsable);
    const config = read.value;
    const rules = checkIgnition(config, minor).map((entry) => this.#locate(entry, placeOfValue));
    const unused = this.#hasPlaces
      ? findUnusedKeys(this.#root, config, shapeOf, minor).map(({ entry, about }) =>
          this.#locate(entry, about === "key" ? placeOfKey : placeOfValue),
        )
      : [];
    const report = [...rules, ...unused];
    if (hasErrors(report)) return failed(MESSAGES.invalid, report);
    return { report, document: { version: versionOf(minor), minor, config } };
  }

  #locate(entry: Entry, placeOf: typeof placeOfValue): Entry {
    if (!this.#hasPlaces) return entry;
    return { ...entry, place: placeOf(this.#root, entry.path, this.#lines) };
  }
}

/**
 * Reads and checks an Ignition config of spec 3.0.0 to 3.6.0, of 3.7.0-experimental too where `experimental` asks for it, as
 * `ignition-validate` does. Never throws; time and memory grow with the text's length.
 */
export const parseIgnition = (
  bytes: Uint8Array,
  options: { readonly experimental?: boolean } = {},
): ParsedIgnition => {
  if (bytes.length === 0) return failed(MESSAGES.empty);
  const json = parseJson(bytes);
  if ("error" in json) {
    const { message, offset } = json.error;
    const place = indexLines(bytes)(offset);
    return failed(MESSAGES.invalid, [{ kind: "error", path: [], message, place }]);
  }
  // Ignition's second reader, which knows the places, gives up on a number beyond all floating point numbers.
  const parser = new Parser(json.value, !json.hasHugeNumber, bytes);
  return parser.parse(options.experimental === true ? 7 : 6);
};
