/** The result as a document and as a table. Pure. */
import type { Cost } from "../measure/measure.ts";
import type { Outputs, PackageComparison } from "./outputs.ts";
import { megabytes, type RowSummary, seconds } from "./summary.ts";

export interface ComposeReport {
  readonly image: string;
  readonly architecture: "x86_64";
  readonly runs: number;
  readonly machine: {
    readonly processor: string;
    readonly cpus: number;
    readonly memoryBytes: number;
    readonly kernel: string;
  };
  readonly versions: { readonly slipway: string; readonly mkosi: string };
  /** Slipway was edited meanwhile: its figures are of no single version, and mean nothing. */
  readonly sourcesChanged: boolean;
  readonly rows: readonly RowSummary[];
  readonly packages: PackageComparison;
  readonly outputs: { readonly slipway: Outputs; readonly mkosi: Outputs };
}

const FIGURES: readonly (readonly [string, keyof Cost, (value: number) => string])[] = [
  ["wall s", "wallSeconds", seconds],
  ["CPU s", "cpuSeconds", seconds],
  ["peak MB", "largestBytes", megabytes],
];

const HEAD: readonly string[] = [
  "build",
  ...FIGURES.flatMap(([name]) => [name, "mkosi", "ratio"]),
  "own MB",
];

const cells = ({ title, slipway, mkosi, ratio }: RowSummary): readonly string[] => [
  title,
  ...FIGURES.flatMap(([, figure, show]) => [
    slipway === undefined ? "" : show(slipway.median[figure]),
    mkosi === undefined ? "" : show(mkosi.median[figure]),
    ratio === undefined || figure === "ownBytes" ? "" : ratio[figure].toFixed(1),
  ]),
  slipway === undefined ? "" : megabytes(slipway.median.ownBytes),
];

/** A Markdown table; all columns but the first are numbers. */
const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const [head = [], ...body] = rows.map((row) =>
    row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    ),
  );
  const rule = widths.map((width, column) =>
    column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`,
  );
  return [head, rule, ...body].map((row) => `| ${row.join(" | ")} |`);
};

const sizes = ({ rootBytes, verityBytes, ukiBytes, diskBytes }: Outputs): string =>
  `root ${megabytes(rootBytes)} MB, hash tree ${megabytes(verityBytes)} MB, UKI ${megabytes(ukiBytes)} MB, disk ${megabytes(diskBytes)} MB`;

const listed = (names: readonly string[]): string =>
  names.length === 0 ? "" : ` (${names.join(", ")})`;

export const formatReport = (report: ComposeReport): string => {
  const { machine, versions, packages, outputs } = report;
  return [
    ...(report.sourcesChanged
      ? ["INVALID: the sources of slipway changed during the measurement", ""]
      : []),
    `${report.image} for ${report.architecture}: slipway ${versions.slipway}, mkosi ${versions.mkosi}, median of ${report.runs}`,
    `${machine.cpus} × ${machine.processor}, ${(machine.memoryBytes / 1e9).toFixed(0)} GB, Linux ${machine.kernel}`,
    "",
    ...table([HEAD, ...report.rows.map(cells)]),
    "",
    "wall, CPU and peak are slipway's; ratio: mkosi over slipway. CPU: user and system time of all processes; peak: the",
    "largest process of all; own: slipway's node process.",
    "",
    ...report.rows.flatMap(({ title, promises }) =>
      promises.map(({ what, kept }) => `${kept ? "kept  " : "MISSED"}  ${title}: ${what}`),
    ),
    "",
    `packages: ${packages.both} in both, ${packages.onlySlipway.length} only in slipway's${listed(packages.onlySlipway)}, ${packages.onlyMkosi.length} only in mkosi's${listed(packages.onlyMkosi)}`,
    `slipway: ${sizes(outputs.slipway)}`,
    `mkosi: ${sizes(outputs.mkosi)}`,
    "",
  ].join("\n");
};
