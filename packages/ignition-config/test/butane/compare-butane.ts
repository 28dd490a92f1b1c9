/** Our translation of a document against a recorded run of Butane. */
import { load } from "js-yaml";
import { gunzipSync } from "node:zlib";
import { type ButaneResult, formatEntryPath, translateButane } from "@slipway/ignition-config";
import type { Difference } from "../ignition/compare-validation.ts";
import type { CorpusCase } from "../ignition/corpus-file.ts";
import { filesOf, type RecordedNode } from "./memory-files.ts";

interface RecordedEntry {
  readonly kind: string;
  /** Null for the document as a whole. */
  readonly path: string | null;
  readonly message: string;
  readonly line: number;
  readonly col: number;
}

interface RecordedRun {
  readonly rc: number;
  readonly entries: readonly RecordedEntry[];
  readonly stdout: string;
}

/** A case of `butane*.jsonl`. */
interface Recorded {
  readonly id: string;
  readonly input: string;
  readonly expect: string;
  readonly files?: Readonly<Record<string, RecordedNode>> | null;
  readonly expected_output?: {
    readonly at: readonly (string | number)[];
    readonly value: unknown;
  } | null;
  readonly context?: { readonly variant?: string; readonly no_auto_compression?: boolean };
  readonly oracle?: {
    readonly "butane-0.29.0": RecordedRun;
  };
}

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

interface Answer {
  readonly result: ButaneResult;
  readonly config: string | undefined;
}

const answer = async (recorded: Recorded): Promise<Answer> => {
  const { files } = recorded;
  const result = await translateButane(new TextEncoder().encode(recorded.input), {
    experimental: true,
    compress: recorded.context?.no_auto_compression !== true,
    ...(files === undefined || files === null ? {} : { files: filesOf(files) }),
  });
  const made = result.config ?? result.machineConfig;
  return { result, config: made === undefined ? undefined : JSON.stringify(normal(made)) };
};

/** Cases that Butane's command line cannot run have only the part that their own test looks at. */
const comparePart = ({ result }: Answer, recorded: Recorded): Difference => {
  const { at, value } = recorded.expected_output ?? { at: [], value: undefined };
  const ours = JSON.stringify(valueAt(normal(result.config), at));
  const theirs = JSON.stringify(normal(value));
  return ours === theirs ? undefined : `output: ${ours} instead of ${theirs}`;
};

const compareRun = ({ result, config }: Answer, run: RecordedRun): Difference => {
  if ((run.rc === 0) !== (config !== undefined)) {
    return `verdict: ${result.failure ?? "valid"} instead of exit ${run.rc}`;
  }
  const ours = linesOf(result);
  const theirs = run.entries.map(lineOf).map(withoutGoText).toSorted();
  if (ours.join("\n") !== theirs.join("\n")) {
    return `report: [${ours.join(" | ")}] instead of [${theirs.join(" | ")}]`;
  }
  // Machine configs are YAML, of which JSON is a part.
  const expected = run.rc === 0 ? JSON.stringify(normal(load(run.stdout))) : undefined;
  return config === expected ? undefined : `output: ${config} instead of ${expected}`;
};

/** Compares verdict, report and output; the bytes of compressed contents aside. */
export const compareButane = async (found: CorpusCase): Promise<Difference> => {
  const recorded = found as unknown as Recorded;
  const given = await answer(recorded);
  const run = recorded.oracle?.["butane-0.29.0"];
  return run === undefined ? comparePart(given, recorded) : compareRun(given, run);
};
