/** Debian's `ignition-validate` (Ignition 2.14.0) on many configs at once, and what we would have it say. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { text as readText } from "node:stream/consumers";
import { type Entry, formatEntry, parseIgnition } from "@slipway/ignition-config";

/** A config as text, or as bytes that may be no text at all. */
export type ConfigText = string | Uint8Array;

/** The outcome of a validation: the exit status and all lines that were printed, sorted. */
export interface Verdict {
  readonly status: number;
  readonly lines: readonly string[];
}

/** Separates the answers; no generated config holds it. */
const RECORD = "\u001e";
const STATUS = "\u001f";

const SCRIPT = `for config in "$@"; do
  ignition-validate "$config" 2>&1
  printf '\\037%s\\036' $?
done`;

/** Go's own words for JSON it cannot read, of which only the place counts. */
const GO_WORDS =
  /^(error at line \d+ col \d+: )(?:json: |invalid character |unexpected end of JSON|exceeded max).*$/s;

/** Of several numbers that collide the real program names a random one. */
const COLLISION = /^error at (.*)\.\d+, line \d+ col \d+: (partition numbers collide)$/;

const linesOf = (printed: string): readonly string[] =>
  printed
    .split("\n")
    .map((line) => line.replace(GO_WORDS, "$1(JSON)").replace(COLLISION, "error at $1: $2"))
    // The program trims what it prints.
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .sort();

const verdictOf = (record: string): Verdict => {
  const [printed = "", status = ""] = record.split(STATUS);
  return { status: Number(status), lines: linesOf(printed) };
};

const validateBatch = async (configs: readonly ConfigText[]): Promise<readonly Verdict[]> => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-ignition-"));
  try {
    const files = configs.map((config, index) => {
      const file = join(directory, `${index}.ign`);
      writeFileSync(file, config);
      return file;
    });
    const shell = spawn("sh", ["-c", SCRIPT, "sh", ...files], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const records = (await readText(shell.stdout)).split(RECORD).slice(0, -1);
    if (records.length !== configs.length)
      throw new Error("ignition-validate did not answer for every config");
    return records.map(verdictOf);
  } finally {
    rmSync(directory, { recursive: true });
  }
};

const BATCH = 250;

/** What the real program says about each config, in order. */
export const validateReally = async (
  configs: readonly ConfigText[],
): Promise<readonly Verdict[]> => {
  const batches: (readonly ConfigText[])[] = [];
  for (let at = 0; at < configs.length; at += BATCH) batches.push(configs.slice(at, at + BATCH));
  const verdicts: (readonly Verdict[])[] = [];
  const work = async (): Promise<void> => {
    for (let index = next(); index < batches.length; index = next()) {
      verdicts[index] = await validateBatch(batches[index] ?? []);
    }
  };
  let taken = 0;
  const next = (): number => taken++;
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return verdicts.flat();
};

/** What 2.15 and later check and 2.14.0 does not. */
const NOT_IN_2_14 =
  /^(?:path conflicts with systemd unit or dropin|user\/group ignored for hard link|filesystem overwrites partitioned device|device matches disk with wipeTable enabled; .*|template unit .* doesn't have Install section)$/s;

/** What 2.14.0 says in other words. */
const WORDS_OF_2_14: readonly (readonly [RegExp, string])[] = [
  [
    /^setuid\/setgid\/sticky bits are not supported or functional in spec versions older than 3\.6\.0$/,
    "setuid/setgid/sticky bits are not supported in spec versions older than 3.4.0",
  ],
  [/^unused key /, "Unused key "],
  [/(Unused keys may not be reported)$/, "$1."],
];

const inWordsOf2_14 = (entry: Entry): Entry => ({
  ...entry,
  message: WORDS_OF_2_14.reduce((message, [from, to]) => message.replace(from, to), entry.message),
});

/** Our verdict as 2.14.0 would have given it. */
export const validateOurselves = (config: ConfigText): Verdict => {
  const { report, failure } = parseIgnition(Buffer.from(config));
  const known = report.filter(({ message }) => !NOT_IN_2_14.test(message)).map(inWordsOf2_14);
  const isFailed = known.some(({ kind }) => kind === "error");
  if (isFailed || report.length > 0 || failure === undefined) {
    return { status: isFailed ? 1 : 0, lines: linesOf(known.map(formatEntry).join("\n")) };
  }
  return { status: 1, lines: linesOf(`couldn't parse config: ${failure}`) };
};
