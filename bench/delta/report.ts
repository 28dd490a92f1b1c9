/** The result as a document and as tables. Pure. */
import type { Verdict } from "./limits.ts";
import { type Outcome, type PairReport, PEERS, type Spent, WAYS } from "./outcome.ts";

export interface Machine {
  readonly processor: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly kernel: string;
}

export interface DeltaReport {
  readonly machine: Machine;
  /** Packages of the peers, `NAME VERSION`. */
  readonly versions: readonly string[];
  readonly reports: readonly PairReport[];
  readonly verdicts: readonly Verdict[];
}

/** The document that `--json` prints. */
export const documentOf = ({ machine, versions, reports, verdicts }: DeltaReport): unknown => ({
  machine,
  versions,
  pairs: Object.fromEntries(
    reports.map(({ id, outcomes, ...facts }) => [id, { ...facts, ...outcomes }]),
  ),
  limits: verdicts,
});

const HEAD = [
  ...["way", "bytes", "root", "uki", "index", "metadata"],
  ...["make s", "CPU s", "MB", "apply s", "CPU s", "MB", "result"],
] as const;

const ABSENT = "-";

const bytes = (value: number | undefined): string =>
  value === undefined ? ABSENT : value.toLocaleString("en").replaceAll(",", " ");

const spent = (cost: Spent | undefined): readonly string[] =>
  cost === undefined
    ? [ABSENT, ABSENT, ABSENT]
    : [cost.wallSeconds.toFixed(1), cost.cpuSeconds.toFixed(1), (cost.peakBytes / 1e6).toFixed(0)];

const row = (way: string, outcome: Outcome): readonly string[] => [
  way,
  ...[
    outcome.bytes,
    ...["root", "uki", "index", "metadata"].map((name) => outcome.parts[name]),
  ].map(bytes),
  ...spent(outcome.make),
  ...spent(outcome.apply),
  outcome.result,
];

/** A Markdown table; the first column and the last are words. */
const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((one) => one[column]?.length ?? 0)));
  const isWord = (column: number): boolean => column === 0 || column === HEAD.length - 1;
  const line = (cells: readonly string[]): string =>
    `| ${cells
      .map((cell, column) =>
        isWord(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join(" | ")} |`;
  const rule = widths.map((width, column) =>
    isWord(column) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [line(HEAD), line(rule), ...rows.map(line)];
};

const named = ({ outcomes }: PairReport): readonly (readonly [string, Outcome])[] =>
  [
    ...WAYS.map((way) => [`ours, ${way}`, outcomes.ours[way]] as const),
    ...PEERS.map((peer) => [peer, outcomes[peer]] as const),
  ].flatMap(([name, outcome]) => (outcome === undefined ? [] : [[name, outcome] as const]));

const ofPair = (report: PairReport): readonly string[] => {
  const { id, title, changes, isVoid, rootBytes, ukiPatches } = report;
  const heading = `${id}: ${title}; ${changes.length} binary packages differ`;
  if (isVoid) return [`${heading}: void, the archives do not differ enough`, ""];
  const contestants = named(report);
  return [
    `${heading}, root image ${bytes(rootBytes)} bytes`,
    ...changes.map((change) => `    ${change}`),
    "",
    ...table(contestants.map(([name, outcome]) => row(name, outcome))),
    "",
    ...(ukiPatches === undefined
      ? []
      : [
          `bsdiff patches of the ${ukiPatches.files} changed files of the initrd: ${bytes(ukiPatches.bytes)} bytes`,
        ]),
    ...contestants.flatMap(([name, { note }]) => (note === undefined ? [] : [`${name}: ${note}`])),
    "",
  ];
};

const WORDS = { true: "kept  ", false: "MISSED", undefined: "absent" } as const;

export const formatReport = ({ machine, versions, reports, verdicts }: DeltaReport): string =>
  [
    `${machine.cpus} × ${machine.processor}, ${(machine.memoryBytes / 1e9).toFixed(0)} GB, Linux ${machine.kernel}`,
    versions.join(", "),
    "",
    ...reports.flatMap(ofPair),
    "bytes: of ours everything that a node downloads, of the others the root image alone. CPU: of all processes; MB: the largest process.",
    "",
    ...verdicts.map(({ isKept, text }) => `${WORDS[`${isKept}`]}  ${text}`),
    "",
  ].join("\n");
