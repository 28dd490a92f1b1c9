/** A running build as a process among others: watching it, ending it, and what must not outlive it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Outcome } from "./release.ts";

/** How a build ended: a status, or the signal that ended it. */
export interface Ending extends Outcome {
  readonly signal: NodeJS.Signals | null;
  /** Ids of all programs that ran below it when it was interrupted. */
  readonly programs: readonly number[];
}

export interface Interruption {
  readonly signal: "SIGKILL" | "SIGINT" | "SIGTERM";
  /** To the whole process group, as a terminal does it, or to the build alone. */
  readonly to: "group" | "process";
  /** Whether the moment has come; `said` is what is on standard error so far. */
  readonly when: (said: string) => boolean;
}

const LOOK_EVERY_MS = 2;

/** Starts a program and interrupts it once. `undefined` if it ended before the moment came. */
export const interrupt = async (
  argv: readonly [string, ...string[]],
  { signal, to, when }: Interruption,
): Promise<Ending | undefined> => {
  const [program, ...args] = argv;
  // A group of its own, which does not hold us.
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const { pid } = child;
  assert.ok(pid !== undefined);
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, by) => resolve([status, by]));
  });
  let programs: readonly number[] | undefined;
  while (child.exitCode === null && child.signalCode === null) {
    if (when(stderr)) {
      programs = descendants(pid);
      process.kill(to === "group" ? -pid : pid, signal);
      break;
    }
    await sleep(LOOK_EVERY_MS);
  }
  const [status, by] = await ended;
  return programs === undefined ? undefined : { status, signal: by, stdout, stderr, programs };
};

/** The parent of every process, by id. */
const parents = (): ReadonlyMap<number, number> =>
  new Map(
    processes().flatMap((pid) => {
      const stat = read(pid, "stat");
      // The name, in brackets, may hold anything.
      const parent = /^.*\) \S (\d+)/s.exec(stat)?.[1];
      return parent === undefined ? [] : [[pid, Number(parent)] as const];
    }),
  );

const processes = (): readonly number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
};

const descendants = (pid: number): readonly number[] => {
  const parentOf = parents();
  const found = new Set([pid]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const [child, parent] of parentOf) if (found.has(parent)) found.add(child);
  }
  found.delete(pid);
  return [...found];
};

/** As long as the kernel may take to end what it was told to end: no program may take the time to finish its work. */
const MERCY_MS = 1000;

/**
 * Fails if any of these programs still runs, or any other whose command line names `place`, or if anything is mounted
 * below it.
 */
export const nothingSurvives = async (
  programs: readonly number[],
  place: string,
): Promise<void> => {
  const survivors = (): readonly string[] =>
    processes()
      .filter((pid) => pid !== process.pid && /^.*\) [^ZX] /s.test(read(pid, "stat")))
      .map((pid) => ({ pid, command: read(pid, "cmdline").replaceAll("\0", " ") }))
      .filter(({ pid, command }) => programs.includes(pid) || command.includes(place))
      .map(({ pid, command }) => `${pid} ${command.slice(0, 200)}`);
  const end = performance.now() + MERCY_MS;
  while (survivors().length > 0 && performance.now() < end) await sleep(20);
  assert.deepEqual(survivors(), []);
  const mounts = readFileSync("/proc/self/mountinfo", "utf8").split("\n");
  assert.deepEqual(
    mounts.filter((line) => line.includes(place)),
    [],
  );
};
