/** Recorded runs of Butane and the comparison of ours with them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { gunzipSync } from "node:zlib";
import { type ButaneResult, formatEntryPath, translateButane } from "@slipway/ignition-config";
import { filesOf, type RecordedNode } from "./memory-files.ts";

const CORPUS = join(import.meta.dirname, "../../../../../shared/corpus");

export const BUTANE_FILES: readonly string[] = ["butane.jsonl", "butane-probes.jsonl"];

interface RecordedEntry {
  readonly kind: string;
  /** Null for the document as a whole. */
  readonly path: string | null;
  readonly message: string;
  readonly line: number;
  readonly col: number;
}

export interface CorpusCase {
  readonly id: string;
  readonly input: string;
  readonly expect: string;
  readonly files?: Readonly<Record<string, RecordedNode>>;
  readonly expected_output?: {
    readonly at: readonly (string | number)[];
    readonly value: unknown;
  } | null;
  readonly context?: { readonly variant?: string; readonly no_auto_compression?: boolean };
  readonly oracle?: {
    readonly "butane-0.29.0": {
      readonly rc: number;
      readonly entries: readonly RecordedEntry[];
      readonly stdout: string;
    };
  };
}

export const readCases = (file: string): readonly CorpusCase[] =>
  readFileSync(join(CORPUS, file), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as CorpusCase);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const ZIPPED = "data:;base64,";

/** Contents that were compressed, decompressed: the bytes between are Go's own. */
const unzip = (source: unknown): unknown =>
  typeof source === "string" && source.startsWith(ZIPPED)
    ? gunzipSync(Buffer.from(source.slice(ZIPPED.length), "base64")).toString("base64")
    : source;

/** A config in which key order and the bytes of gzip do not matter. */
const normal = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(normal);
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([name, field]) => [name, normal(field)] as const)
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  const object = Object.fromEntries(entries);
  // A user's own compressed contents may be no gzip at all; then they are compared as they are.
  if (object["compression"] !== "gzip") return object;
  try {
    return { ...object, source: unzip(object["source"]) };
  } catch {
    return object;
  }
};

const lineOf = ({ kind, path, message, line, col }: RecordedEntry): string =>
  `${kind} ${path ?? "$"} ${line}:${col} ${message}`;

/** Butane's own texts about JSON that is no config are Go's; ours say the same in other words. */
const GO_TEXT = /(?:invalid character|json: cannot unmarshal|unexpected end of JSON)/;

const withoutGoText = (line: string): string => {
  const [kind, path, place] = line.split(" ", 3);
  return GO_TEXT.test(line) || /^error \$ \S+ (?:JSON|json)/.test(line)
    ? `${kind} ${path} ${place} JSON`
    : line;
};

const linesOf = (result: ButaneResult): readonly string[] =>
  result.report
    .map(({ kind, path, message, place }) =>
      lineOf({
        kind,
        path: formatEntryPath(path),
        message,
        line: place?.line ?? 0,
        col: place?.col ?? 0,
      }),
    )
    .map(withoutGoText)
    .toSorted();

const valueAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, part) =>
      Array.isArray(inner) ? inner[Number(part)] : isObject(inner) ? inner[part] : undefined,
    value,
  );

/** Every way in which our answer differs from the recorded one; none when they are equal. */
export const differences = async (recorded: CorpusCase): Promise<readonly string[]> => {
  const result = await translateButane(new TextEncoder().encode(recorded.input), {
    experimental: true,
    compress: recorded.context?.no_auto_compression !== true,
    ...(recorded.files === undefined || recorded.files === null
      ? {}
      : { files: filesOf(recorded.files) }),
  });
  const made = result.config ?? result.machineConfig;
  const config = made === undefined ? undefined : JSON.stringify(normal(made));
  const found: string[] = [];
  const oracle = recorded.oracle?.["butane-0.29.0"];
  if (oracle === undefined) {
    const { at, value } = recorded.expected_output ?? { at: [], value: undefined };
    const ours = JSON.stringify(valueAt(normal(made), at));
    const theirs = JSON.stringify(normal(value));
    if (ours !== theirs) found.push(`output: ${ours} instead of ${theirs}`);
    return found;
  }
  if ((oracle.rc === 0) !== (config !== undefined)) {
    found.push(`verdict: ${result.failure ?? "valid"} instead of exit ${oracle.rc}`);
  }
  const ours = linesOf(result);
  const theirs = oracle.entries.map(lineOf).map(withoutGoText).toSorted();
  if (ours.join("\n") !== theirs.join("\n")) {
    found.push(`report: [${ours.join(" | ")}] instead of [${theirs.join(" | ")}]`);
  }
  if (oracle.rc === 0 && config !== undefined) {
    const expected = JSON.stringify(normal(load(oracle.stdout)));
    if (config !== expected) found.push(`output: ${config} instead of ${expected}`);
  }
  return found;
};
