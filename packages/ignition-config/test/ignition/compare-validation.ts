/** Our reading of a config against the answer of the real program. */
import { type Entry, formatEntryPath } from "../../src/ignition/entry.ts";
import { parseIgnition, type ParsedIgnition } from "../../src/ignition/parse.ts";
import type { CorpusCase } from "./corpus-file.ts";

interface OracleEntry {
  readonly kind: string;
  readonly path: string | null;
  readonly message: string;
  readonly line: number | null;
  readonly col: number | null;
}

interface OracleAnswer {
  readonly rc: number;
  readonly entries: readonly OracleEntry[];
  readonly stderr: string;
}

/** What is different, or undefined where nothing is. */
export type Difference = string | undefined;

const encoder = new TextEncoder();

/** Go's own words for JSON it cannot read, of which only the place counts. */
const GO_WORDS = /^(?:json: |invalid character |unexpected end of JSON|exceeded max depth)/;

const lineOf = (kind: string, path: string, message: string, place: string): string =>
  `${kind} ${path} ${place} ${path === "$" && GO_WORDS.test(message) ? "(JSON)" : message}`;

const theirLine = ({ kind, path, message, line, col }: OracleEntry): string =>
  lineOf(kind, path ?? "$", message, line === null ? "-" : `${line}:${col}`);

/** One entry as a line to compare. */
export const ourLine = ({ kind, path, message, place }: Entry): string =>
  lineOf(
    kind,
    formatEntryPath(path),
    message,
    place === undefined ? "-" : `${place.line}:${place.col}`,
  );

const compareSets = (ours: readonly string[], theirs: readonly string[]): Difference => {
  const left = [...ours].sort();
  const right = [...theirs].sort();
  if (left.join("\n") === right.join("\n")) return undefined;
  const extra = left.filter((line) => !right.includes(line));
  const missing = right.filter((line) => !left.includes(line));
  return `ours only: ${JSON.stringify(extra)}; theirs only: ${JSON.stringify(missing)}`;
};

const compareAnswer = (parsed: ParsedIgnition, answer: OracleAnswer): Difference => {
  const isValid = parsed.document !== undefined;
  if (isValid !== (answer.rc === 0)) {
    return `verdict: ours ${isValid ? "valid" : "invalid"}, theirs rc ${answer.rc}: ${JSON.stringify(answer.entries)}`;
  }
  const reason = /^couldn't parse config: (.*)$/m.exec(answer.stderr)?.[1];
  if (reason !== undefined && parsed.failure !== reason) {
    return `failure: ours ${parsed.failure}, theirs ${reason}`;
  }
  return compareSets(parsed.report.map(ourLine), answer.entries.map(theirLine));
};

/** Cases without a program's answer call one version's own reader, which refuses all others. */
const compareVerdict = (parsed: ParsedIgnition, found: CorpusCase): Difference => {
  const { api } = found["context"] as { readonly api: string };
  const [reader, version] = api.split("@");
  const isOther = reader === "Parse" && parsed.document?.version !== version;
  const isValid = parsed.document !== undefined && !isOther;
  return isValid === (found["expect"] !== "invalid")
    ? undefined
    : `verdict: ours ${isValid}, expected ${String(found["expect"])}`;
};

/** Compares one case of `ignition-validate*` or `ignition-blackbox`. */
export const compareValidation = (found: CorpusCase): Difference => {
  const parsed = parseIgnition(encoder.encode(String(found["input"])), { experimental: true });
  const oracle = found["oracle"] as Readonly<Record<string, OracleAnswer>>;
  const answer = oracle["ignition-validate-2.26.0"];
  return answer === undefined ? compareVerdict(parsed, found) : compareAnswer(parsed, answer);
};
