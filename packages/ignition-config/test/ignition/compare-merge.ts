/** Our merging and rendering against the answers of the real program. */
import { isDeepStrictEqual } from "node:util";
import { formatEntry, formatEntryPath } from "../../src/ignition/entry.ts";
import { type Mapping, mergeIgnition } from "../../src/ignition/merge.ts";
import { parseIgnition } from "../../src/ignition/parse.ts";
import type { Minor } from "../../src/ignition/schema/table.ts";
import { type FetchSource, type NewestConfig, renderIgnition } from "../../src/ignition/render.ts";
import { translateIgnition } from "../../src/ignition/translate.ts";
import type { Difference } from "./compare-validation.ts";
import type { CorpusCase } from "./corpus-file.ts";

/** A config as the real program prints it: nothing that is empty or unset. */
const prune = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(prune);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value)
    .map(([key, below]): readonly [string, unknown] => [key, prune(below)])
    .filter(([, below]) => below !== undefined && JSON.stringify(below) !== "[]");
  const object = Object.fromEntries(kept);
  return kept.length === 0 ? undefined : object;
};

const compareValues = (ours: unknown, theirs: unknown): Difference =>
  isDeepStrictEqual(prune(ours), prune(theirs))
    ? undefined
    : `ours ${JSON.stringify(prune(ours))}, theirs ${JSON.stringify(prune(theirs))}`;

const asPair = ({ from, fromPath, toPath }: Mapping): readonly string[] => [
  `${from}:${formatEntryPath(fromPath)}`,
  formatEntryPath(toPath),
];

/** Which spec the inputs are of: mostly the newest, `latest`. */
const minorOfCase = ({ spec }: CorpusCase): Minor => {
  const digit = /^v?3[._](\d)/.exec(String(spec))?.[1];
  return ([0, 1, 2, 3, 4, 5, 6] as const).find((minor) => String(minor) === digit) ?? 7;
};

/** A real test of the merging alone, whose inputs are parts of configs. */
export const compareMerge = (found: CorpusCase): Difference => {
  const { parent, child } = found["input"] as Readonly<Record<string, NewestConfig>>;
  if (parent === undefined || child === undefined) return "no inputs";
  const { config, transcript } = mergeIgnition(parent, child, minorOfCase(found));
  const { ignition, ...rest } = config;
  const value = ignition.version === "" ? rest : config;
  return (
    compareValues(value, found["expected_output"]) ??
    (isDeepStrictEqual(transcript.map(asPair), found["transcript"])
      ? undefined
      : `transcript: ours ${JSON.stringify(transcript.map(asPair))}, theirs ${JSON.stringify(found["transcript"])}`)
  );
};

/** For configs that need no source but `data:` URLs. */
export const offline: FetchSource = ({ source }) =>
  Promise.reject(new Error(`${source} is not here`));

const encoder = new TextEncoder();

/** What the engine logs of entries: `CRITICAL : error at …`. */
const loggedEntries = (report: unknown): readonly string[] =>
  (report as readonly string[])
    .filter((line) => /^\w+ *: (?:error|warning|info) /.test(line))
    .map((line) => line.replace(/^\w+ *: /, ""));

/** JSON with the blanks that the recorded places count. */
const spaced = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(spaced).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(
    ([key, below]) => `${JSON.stringify(key)}: ${spaced(below)}`,
  );
  return `{${members.join(", ")}}`;
};

/** A config that the real engine rendered. */
export const compareRender = async (found: CorpusCase): Promise<Difference> => {
  const { config } = found["input"] as { readonly config: unknown };
  const { report, document } = parseIgnition(encoder.encode(spaced(config)), {
    experimental: true,
  });
  if (document === undefined) return `ours is invalid: ${report.map(formatEntry).join()}`;
  const newest = translateIgnition(document.config, document.minor, 7);
  const rendered = await renderIgnition(newest, offline);
  const ours = [...report, ...rendered.report].map(formatEntry);
  const theirs = loggedEntries(found["report"]);
  if (!isDeepStrictEqual(ours, theirs)) {
    return `report: ours ${JSON.stringify(ours)}, theirs ${JSON.stringify(theirs)}`;
  }
  if ("failure" in rendered) {
    return found["expect"] === "invalid" ? undefined : `ours failed: ${rendered.failure}`;
  }
  if (found["expect"] === "invalid") return "ours is valid";
  return compareValues(rendered.config, found["expected_output"]);
};
