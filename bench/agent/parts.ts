/** The measurements, each on a simulated node that is in the state that the one before left. Shell. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import path from "node:path";
import process from "node:process";
import { setTimeout as delay } from "node:timers/promises";
import { serveRepository } from "@slipway/composer";
import { linuxExec } from "@slipway/host";
import { type Counted, countingRelay } from "@slipway/host/testing";
import { measure } from "../measure/measure.ts";
import { type Daemon, startDaemon } from "./daemon.ts";
import {
  cpuSeconds,
  type FamilyMemory,
  familyMemory,
  type Memory,
  memoryOf,
  mostOf,
  NOTHING,
} from "./processes.ts";
import type { Release } from "./release.ts";
import type { Asked, SimulatedNode } from "./simulated-node.ts";

/** The demonstration's, which the releases are told of by their own settings; where it is served is this machine's affair. */
const settingsFor = (port: number): Readonly<Record<string, string>> => ({
  repository: `http://127.0.0.1:${port}/`,
});

export interface Served extends AsyncDisposable {
  /** What has gone over its socket since this was asked last. */
  readonly counted: () => Counted;
}

/** Has the node find a repository. */
export const serveTo = async (
  node: SimulatedNode,
  repo: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Served> => {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await serveRepository({ repo, host: "127.0.0.1", port: 0 }));
  const relay = opened.use(await countingRelay(server.port));
  await node.configure({ ...settingsFor(relay.port), ...more });
  const owned = opened.move();
  return { counted: relay.counted, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

const check = async (node: SimulatedNode): Promise<string> => {
  const { stdout } = await linuxExec.run({
    argv: [...node.enter, "/usr/bin/slipway-agent", "check", "--json"],
    purpose: "having the agent look at the repository",
  });
  return stdout;
};

/** The second look at a repository that has nothing new: the first has made the node know it. */
export const measureQuietCheck = async (
  node: SimulatedNode,
  { counted }: Served,
): Promise<Counted> => {
  await check(node);
  counted();
  const said = await check(node);
  if (!said.includes("up-to-date")) throw new Error(`the agent finds something new: ${said}`);
  return counted();
};

export interface Idle extends Memory {
  readonly cpuPercent: number;
  /** How often it has looked at the repository meanwhile. */
  readonly connections: number;
}

/** What starting costs is over by then. */
const SETTLE_MS = 30_000;

export const measureIdle = async (
  node: SimulatedNode,
  { counted }: Served,
  seconds: number,
): Promise<Idle> => {
  await using daemon = startDaemon(node);
  await delay(SETTLE_MS);
  counted();
  const before = cpuSeconds(daemon.pid);
  await delay(seconds * 1000);
  return {
    ...memoryOf(daemon.pid),
    cpuPercent: ((cpuSeconds(daemon.pid) - before) / seconds) * 100,
    connections: counted().connections,
  };
};

export interface Staging {
  /** Of the helper that stages, from its start to its end. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** Of daemon and helper together, at their peak. */
  readonly memory: FamilyMemory;
  readonly fetchedBytes: number;
  /** Processes that wanted a processor in the minute before. */
  readonly load: number;
}

const LOOK_MS = 100;
const PATIENCE_MS = 300_000;
const STAGE = "slipway-task@stage.service";

/** Starts and ends of the helper, in pairs: its preflight, and staging itself. */
const runsOf = (asked: readonly Asked[]): readonly (readonly [Asked, Asked])[] => {
  const starts = asked.filter(({ words }) => words === `start ${STAGE}`);
  const ends = asked.filter(({ words }) => words.startsWith(`ended ${STAGE}`));
  return ends.flatMap((end, index) => {
    const start = starts[index];
    return start === undefined ? [] : [[start, end] as const];
  });
};

/** As the shell's `times` says it: `0m1.230s 0m0.450s`. */
const secondsOf = (words: string): number =>
  [...words.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );

const untilStaged = async (
  node: SimulatedNode,
  daemon: Daemon,
): Promise<{ readonly runs: ReturnType<typeof runsOf>; readonly memory: FamilyMemory }> => {
  let memory = NOTHING;
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    const runs = runsOf(await node.asked());
    if (runs.length === 2) return { runs, memory };
    memory = mostOf(memory, familyMemory(daemon.pid));
    await delay(LOOK_MS);
  }
  throw new Error(`nothing was staged:\n${daemon.said()}`);
};

/** The daemon finds the release, and has it staged. Nothing waits in the page cache to be written when it begins. */
export const measureStaging = async (
  node: SimulatedNode,
  { counted }: Served,
  after: Release,
): Promise<Staging> => {
  execFileSync("sync");
  const load = loadavg()[0] ?? Number.NaN;
  await using daemon = startDaemon(node);
  const { runs, memory } = await untilStaged(node, daemon);
  requireStaged(node, after, daemon);
  const { answered } = counted();
  return {
    wallSeconds: runs.reduce((sum, [start, end]) => sum + end.at - start.at, 0),
    cpuSeconds: runs.reduce((sum, [, { words }]) => sum + secondsOf(words), 0),
    memory,
    fetchedBytes: answered,
    load,
  };
};

/** @throws Error where the other slot does not hold the release, to the byte */
const requireStaged = (node: SimulatedNode, after: Release, daemon: Daemon): void => {
  try {
    const bytes = `--bytes=${after.rootBytes}`;
    execFileSync("cmp", [bytes, node.otherSlot, after.root], { stdio: "pipe" });
  } catch (cause) {
    throw new Error(`slot B does not hold release ${after.version}:\n${daemon.said()}`, { cause });
  }
};

export interface Rollback {
  /** From the command to the call that restarts the machine. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

/** On a node that runs the newer release, with its daemon at rest. */
export const measureRollback = async (
  node: SimulatedNode,
  after: Release,
  logs: string,
): Promise<Rollback> => {
  await node.bootOther(after);
  await using daemon = startDaemon(node);
  await delay(SETTLE_MS / 3);
  const argv = [...node.enter, "/usr/bin/slipway-agent", "rollback"] as const;
  const started = Date.now() / 1000;
  const { cpuSeconds: spent } = await measure({
    ...{ argv, cwd: "/", env: process.env, directory: logs, name: "rollback" },
  });
  const reboot = (await node.asked()).find(
    ({ at, words }) => at > started && words.includes("reboot"),
  );
  if (reboot === undefined)
    throw new Error(
      `rolling back did not end in a restart:\n${daemon.said()}\n${readFileSync(path.join(logs, "rollback.log"), "utf8")}`,
    );
  return { wallSeconds: reboot.at - started, cpuSeconds: spent };
};
