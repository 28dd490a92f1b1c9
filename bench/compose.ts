/** Builds one image with slipway and with mkosi, cold, after a change and unchanged, and compares what that costs. */
import { mkdir, readFile, rm } from "node:fs/promises";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { hostAptNetworkSettings, hostMirrors } from "@slipway/composer";
import { linuxExec } from "@slipway/host";
import { clear } from "./compose/contestant.ts";
import { openMkosi } from "./compose/mkosi.ts";
import { comparePackages, mkosiOutputs, slipwayOutputs } from "./compose/outputs.ts";
import { type ComposeReport, formatReport } from "./compose/report.ts";
import { type Row, ROWS } from "./compose/rows.ts";
import { runRows } from "./compose/run-rows.ts";
import { openSlipway, type Slipway } from "./compose/slipway.ts";
import { sourcesDigest } from "./compose/sources.ts";
import { readDefinition, readLockedPackages } from "./compose/subject.ts";
import { summarize } from "./compose/summary.ts";

const REPOSITORY = path.join(import.meta.dirname, "..");

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "3" },
    row: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
    cache: { type: "string", default: path.join(REPOSITORY, "cache/bench") },
    image: { type: "string", default: path.join(REPOSITORY, "images/base.yaml") },
  },
});

const say = (text: string): void => console.error(`compose: ${text}`);

const requireMachine = (): void => {
  if (process.getuid?.() !== 0) throw new Error("start it as root: both programs are run as root");
  if (process.arch !== "x64") throw new Error("it compares builds for x86_64 on x86_64");
};

const mkosiSubject = async (slipway: Slipway) => ({
  definition: await readDefinition(slipway.definition),
  packages: readLockedPackages(await readFile(slipway.lock, "utf8")),
  archives: await hostMirrors(),
  aptSettings: await hostAptNetworkSettings(linuxExec),
});

const compare = async (
  runs: number,
  rows: readonly Row[],
  cache: string,
  image: string,
): Promise<ComposeReport> => {
  const logs = path.join(cache, "log");
  await clear(logs);
  // The launcher sets up what the machine lacks here, and not in a measured run.
  const launcher = path.join(REPOSITORY, "slipway");
  const version = await linuxExec.run({ argv: [launcher, "--version"], purpose: "setting up" });
  const before = sourcesDigest(REPOSITORY);
  const slipway = await openSlipway(REPOSITORY, image, path.join(cache, "slipway"));
  const finished = await runRows({
    runs,
    rows,
    slipway,
    openMkosi: async () =>
      openMkosi(linuxExec, path.join(cache, "mkosi"), await mkosiSubject(slipway)),
    environment: { ...process.env, NODE_OPTIONS: undefined },
    logs,
    exec: linuxExec,
    say,
  });
  const { definition, packages } = await mkosiSubject(slipway);
  const { name, version: imageVersion } = definition.image;
  const result: ComposeReport = {
    image: name,
    architecture: "x86_64",
    runs,
    machine: {
      processor: cpus()[0]?.model ?? "processor",
      cpus: availableParallelism(),
      memoryBytes: totalmem(),
      kernel: release(),
    },
    versions: {
      slipway: version.stdout.trim().replace(/^slipway /, ""),
      mkosi: finished.mkosi.version,
    },
    sourcesChanged: sourcesDigest(REPOSITORY) !== before,
    rows: rows.map((row) => summarize(row, finished.runs)),
    packages: await comparePackages(packages, finished.mkosi.outputs),
    outputs: {
      slipway: await slipwayOutputs(path.join(slipway.outputs, name, imageVersion, "x86_64")),
      mkosi: await mkosiOutputs(finished.mkosi.outputs),
    },
  };
  await finished.mkosi.removeOutputs();
  await rm(path.join(cache, "slipway"), { recursive: true });
  return result;
};

const main = async (): Promise<void> => {
  requireMachine();
  const runs = Number(options.runs);
  if (!Number.isInteger(runs) || runs < 1) {
    throw new Error(`--runs ${options.runs}: give a whole number from 1 up`);
  }
  const rows = ROWS.filter(({ id }) => options.row.length === 0 || options.row.includes(id));
  const unknown = options.row.filter((id) => !ROWS.some((row) => row.id === id));
  if (unknown.length > 0 || !rows.some(({ contestants }) => contestants.includes("mkosi"))) {
    throw new Error(
      `--row ${options.row.join(" --row ")}: give some of ${ROWS.map(({ id }) => id).join(", ")}, and not only those without mkosi`,
    );
  }
  const cache = path.resolve(options.cache);
  await mkdir(cache, { recursive: true });
  const report = await compare(runs, rows, cache, path.resolve(options.image));
  process.stdout.write(
    options.json ? `${JSON.stringify(report, undefined, 2)}\n` : formatReport(report),
  );
};

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
