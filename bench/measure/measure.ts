/** What a command costs, with all the processes that it starts. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";

export interface Cost {
  readonly wallSeconds: number;
  /** User and system time of the whole tree of processes. */
  readonly cpuSeconds: number;
  /** Resident memory of the largest process of the tree at its peak. */
  readonly largestBytes: number;
  /** The same of the command's own process; programs that it became by exec are not counted. */
  readonly ownBytes: number;
}

export interface Measured {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Standard output and standard error go to `NAME.out` and `NAME.log` in it. */
  readonly directory: string;
  readonly name: string;
}

/** How often the command's own peak is looked up; the kernel keeps it, so only growth in the last such span is missed. */
const LOOK_EVERY_MS = 20;

/** @throws Error with the last lines of the log when the command fails. */
export const measure = async (measured: Measured): Promise<Cost> => {
  const file = (ending: string): string =>
    path.join(measured.directory, `${measured.name}.${ending}`);
  const outputs = [openSync(file("out"), "w"), openSync(file("log"), "w")] as const;
  const report = file("cost");
  const child = spawn(
    "perl",
    [path.join(import.meta.dirname, "measure.pl"), report, ...measured.argv],
    { cwd: measured.cwd, env: { ...measured.env }, stdio: ["ignore", ...outputs] },
  );
  let ownBytes = 0;
  const timer = setInterval(() => {
    ownBytes = peakOf(report) ?? ownBytes;
  }, LOOK_EVERY_MS);
  try {
    await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
  } finally {
    clearInterval(timer);
    for (const descriptor of outputs) closeSync(descriptor);
  }
  const value = reportReader(await readFile(report, "utf8"));
  if (value("status") !== 0) {
    const log = (await readFile(file("log"), "utf8")).trimEnd().split("\n").slice(-25).join("\n");
    throw new Error(
      `${measured.argv.join(" ")} failed with status ${value("status")}; the end of ${file("log")}:\n${log}`,
    );
  }
  return {
    wallSeconds: value("wall"),
    cpuSeconds: value("user") + value("system"),
    largestBytes: value("largest"),
    ownBytes,
  };
};

/** The peak of the process that the report names, or undefined when it is not running. */
const peakOf = (report: string): number | undefined => {
  try {
    const pid = /^pid (\d+)$/m.exec(readFileSync(report, "utf8"))?.[1];
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  } catch {
    return undefined;
  }
};

const reportReader =
  (text: string) =>
  (name: string): number => {
    const value = new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1];
    if (value === undefined) throw new Error(`measure.pl reported no ${name}, but:\n${text}`);
    return Number(value);
  };
