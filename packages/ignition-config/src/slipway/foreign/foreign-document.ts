/** Documents of Butane and Ignition as parts of a definition: recognized, read with their own rules, respelled. */
import { asConfig } from "../../butane/generated.ts";
import type { LocalFiles, LocalProblem } from "../../butane/local-files.ts";
import { translateButane } from "../../butane/translate-butane.ts";
import type { Entry } from "../../ignition/entry.ts";
import { minorOf } from "../../ignition/schema/versions.ts";
import { parseIgnition } from "../../ignition/parse.ts";
import type { DefinitionIo, ReadResult } from "../../io.ts";
import { type JsonNode, memberOf } from "../../json/json-node.ts";
import { parseJson } from "../../json/parse-json.ts";
import { resolvePath } from "../../names/relative-path.ts";
import type { Path } from "../../report/finding.ts";
import type { Note, Sink } from "../../report/notes.ts";
import type { RuleId } from "../../report/rules.ts";
import type { Violation } from "../../report/violation.ts";
import type { Mark, SourceText } from "../../text/source-text.ts";
import { entryOf, type YamlNode } from "../../yaml/yaml-node.ts";
import type { IgnitionConfig } from "../definition.ts";
import { respell } from "./respell.ts";
import { markFinder, type MarkFinder } from "./marks.ts";

/** Whose language a document is written in, where it is not ours. */
export type ForeignLanguage = "butane" | "ignition";

/** Butane's variants for single nodes; OpenShift's documents describe machines of a cluster that configures them. */
const NODE_VARIANTS: readonly string[] = ["fcos", "flatcar", "r4e", "fiot"];

/** What a foreign document became. */
export interface ForeignDocument {
  /** As a slipway document would say it. */
  readonly root: YamlNode;
  /** The Ignition config that it is. */
  readonly ignition: IgnitionConfig;
  /** What of it no image can have. */
  readonly leftOut: readonly Note[];
}

/** A document in another language than ours. */
export interface ForeignText {
  readonly source: SourceText;
  readonly bytes: Uint8Array;
  readonly yaml: YamlNode | undefined;
}

/** What a document says it is; undefined for ours. `yaml` is the document as YAML, which JSON mostly is too. */
export const foreignLanguage = (
  { text }: SourceText,
  yaml: YamlNode | undefined,
): ForeignLanguage | undefined => {
  const variant = entryOf(yaml, "variant");
  if (variant?.kind === "scalar") {
    return NODE_VARIANTS.includes(variant.text) ? "butane" : undefined;
  }
  if (!/^\s*\{/.test(text)) return undefined;
  // Tabs and the like keep JSON from being YAML.
  const isIgnition =
    yaml === undefined ? text.includes('"ignition"') : entryOf(yaml, "ignition") !== undefined;
  return isIgnition ? "ignition" : undefined;
};

/** The most that a local file of a Butane document may hold, in bytes. */
const MAX_LOCAL_BYTES: number = 64 * 1024 * 1024;

const PROBLEMS: Readonly<
  Record<Extract<ReadResult, { readonly ok: false }>["reason"], LocalProblem>
> = {
  missing: "missing",
  denied: "denied",
  directory: "directory",
  "too-large": "failed",
  failed: "failed",
};

/** Butane's files directory is the document's own. */
const localFilesOf = (file: string, io: DefinitionIo): LocalFiles => ({
  directory: resolvePath(file, "."),
  read: async (path) => {
    const result = await io.read(resolvePath(file, path), MAX_LOCAL_BYTES);
    if (result.ok) return { ok: true, bytes: result.bytes };
    const detail =
      result.reason === "too-large" ? `larger than ${MAX_LOCAL_BYTES} bytes` : result.detail;
    return { ok: false, problem: PROBLEMS[result.reason], detail };
  },
  walk: async (path) =>
    (await io.walk?.(resolvePath(file, path))) ?? {
      ok: false,
      problem: "failed",
      detail: "directories cannot be read here",
    },
});

const report = (
  entries: readonly Entry[],
  rule: RuleId,
  markOf: (entry: Entry) => ReturnType<MarkFinder["at"]>,
  sink: Sink,
): void => {
  for (const entry of entries) {
    const violation = { rule, level: entry.kind, message: entry.message };
    sink({ violation, path: entry.path, at: markOf(entry) });
  }
};

const LEFT_OUT: readonly (readonly [readonly string[], Violation])[] = [
  ...["merge", "replace"].map((name): readonly [readonly string[], Violation] => [
    ["ignition", "config", name],
    {
      rule: "ignition-merge",
      message: `\`ignition.config.${name}\` takes in other configs, which a node does and an image cannot`,
      hint: "name the other configs under `include:` of a slipway document",
    },
  ]),
  ...["proxy", "security", "timeouts"].map((name): readonly [readonly string[], Violation] => [
    ["ignition", name],
    {
      rule: "ignition-settings",
      message: `\`ignition.${name}\` is about what the node fetches, and has no effect on an image`,
      hint: "remove it; what an image fetches, it fetches when it is locked",
    },
  ]),
];

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  (typeof value === "object" &&
    value !== null &&
    Object.values(value).every((below: unknown) => isNothing(below)));

const valueAt = (config: object, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, step) =>
      typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined,
    config,
  );

const becomes = (ignition: IgnitionConfig, placeOf: (path: Path) => Mark): ForeignDocument => ({
  root: respell(ignition.config, placeOf),
  ignition,
  leftOut: LEFT_OUT.flatMap(([path, violation]): readonly Note[] =>
    isNothing(valueAt(ignition.config, path)) ? [] : [{ violation, path, at: placeOf(path) }],
  ),
});

const readButane = async (
  source: SourceText,
  bytes: Uint8Array,
  marks: MarkFinder,
  io: DefinitionIo,
  sink: Sink,
): Promise<ForeignDocument | undefined> => {
  const result = await translateButane(bytes, {
    files: localFilesOf(source.file, io),
    compress: false,
  });
  report(
    result.report,
    "butane",
    ({ place }) => (place === undefined ? marks.start : marks.atCharacter(place.line, place.col)),
    sink,
  );
  const { config, version } = result;
  if (config === undefined || version === undefined) {
    if (result.report.every(({ kind }) => kind !== "error")) {
      const violation = { rule: "butane", message: result.failure ?? "cannot be read" } as const;
      sink({ violation, path: [], at: marks.start });
    }
    return undefined;
  }
  const minor = minorOf(version);
  const placeOf = (path: Path): Mark => {
    const place = result.placeOf(path);
    return place === undefined ? marks.start : marks.atCharacter(place.line, place.col);
  };
  return becomes({ config: asConfig(config, minor), minor }, placeOf);
};

const nodeAt = (root: JsonNode, path: Path): JsonNode => {
  let node = root;
  for (const step of path) {
    const next: JsonNode | undefined =
      node.kind === "object" && typeof step === "string"
        ? memberOf(node, step)?.value
        : node.kind === "array" && typeof step === "number"
          ? node.items[step]
          : undefined;
    if (next === undefined) break;
    node = next;
  }
  return node;
};

const readIgnition = (
  bytes: Uint8Array,
  marks: MarkFinder,
  sink: Sink,
): ForeignDocument | undefined => {
  const parsed = parseIgnition(bytes);
  report(
    parsed.report,
    "ignition",
    ({ place }) => {
      if (place === undefined) return marks.start;
      return place.line === 0 ? marks.end : marks.atByte(place.line, place.col);
    },
    sink,
  );
  if (parsed.document === undefined) {
    if (parsed.report.every(({ kind }) => kind !== "error")) {
      const violation = { rule: "ignition", message: parsed.failure ?? "cannot be read" } as const;
      sink({ violation, path: [], at: marks.start });
    }
    return undefined;
  }
  const json = parseJson(bytes);
  const text = "value" in json ? json.value : undefined;
  const { config, minor } = parsed.document;
  const placeOf = (path: Path): Mark =>
    text === undefined ? marks.start : marks.at(nodeAt(text, path).start);
  return becomes({ config, minor }, placeOf);
};

/**
 * The document as a slipway document would say it; undefined when it has errors, which have been reported in its own
 * program's words. `yaml` is the document as YAML, as far as it is.
 */
export const readForeign = async (
  language: ForeignLanguage,
  { source, bytes, yaml }: ForeignText,
  io: DefinitionIo,
  sink: Sink,
): Promise<ForeignDocument | undefined> => {
  const marks = markFinder(source, yaml);
  return language === "butane"
    ? readButane(source, bytes, marks, io, sink)
    : readIgnition(bytes, marks, sink);
};
