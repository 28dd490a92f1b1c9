/**
 * What the agent takes of a node and of its network: a look at the repository, ten idle minutes, an update by delta, a rollback. It runs the agent of a
 * real release on a simulated node, and holds what it measures against what is promised.
 */
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { formatReport, judge, type Measured, type Part, PARTS } from "./agent/limits.ts";
import {
  measureIdle,
  measureQuietCheck,
  measureRollback,
  measureStaging,
  serveTo,
} from "./agent/parts.ts";
import { ensureReleases } from "./agent/releases.ts";
import { simulateNode } from "./agent/simulated-node.ts";

const REPOSITORY = path.join(import.meta.dirname, "..");

const { values: options } = parseArgs({
  options: {
    part: { type: "string", multiple: true, default: [] },
    seconds: { type: "string", default: "600" },
    json: { type: "boolean", default: false },
    cache: { type: "string", default: path.join(REPOSITORY, "cache/bench-agent") },
    "slipway-cache": {
      type: "string",
      default: path.join(
        process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache"),
        "slipway",
      ),
    },
  },
});

const say = (text: string): void => console.error(`agent: ${text}`);

const chosenParts = (): ReadonlySet<Part> => {
  const unknown = options.part.filter((name) => !PARTS.some((known) => known === name));
  if (unknown.length > 0)
    throw new Error(`--part ${unknown.join(", ")}: give some of ${PARTS.join(", ")}`);
  const chosen = PARTS.filter((name) => options.part.length === 0 || options.part.includes(name));
  return new Set(chosen);
};

const run = async (cache: string, parts: ReadonlySet<Part>): Promise<Partial<Measured>> => {
  const seconds = Number(options.seconds);
  if (!(seconds >= 1)) throw new Error(`--seconds ${options.seconds}: give 1 or more`);
  const logs = path.join(cache, "log");
  await mkdir(logs, { recursive: true });
  const { before, after, quiet, offering } = await ensureReleases({
    ...{ directory: cache, cache: path.resolve(options["slipway-cache"]) },
    ...{ repository: REPOSITORY, say },
  });
  await using node = await simulateNode(path.join(cache, "node"), before);
  let measured: Partial<Measured> = {};
  if (parts.has("check") || parts.has("idle")) {
    await using served = await serveTo(node, quiet);
    measured = { check: await measureQuietCheck(node, served) };
    if (parts.has("idle")) {
      say(`leaving the daemon alone for ${seconds} s`);
      measured = { ...measured, idle: await measureIdle(node, served, seconds) };
    }
  }
  // Nothing can be rolled back that was not staged.
  if (parts.has("staging") || parts.has("rollback")) {
    say("staging");
    await using served = await serveTo(node, offering, { strategy: "manual", poll_seconds: "1" });
    measured = { ...measured, staging: await measureStaging(node, served, after) };
    if (parts.has("rollback")) {
      say("rolling back");
      measured = { ...measured, rollback: await measureRollback(node, after, logs) };
    }
  }
  return measured;
};

try {
  if (process.getuid?.() !== 0 || process.arch !== "x64")
    throw new Error("start it as root, on x86_64: it mounts what it measures on");
  const measured = await run(path.resolve(options.cache), chosenParts());
  const verdicts = judge(measured);
  process.stderr.write(formatReport(measured));
  if (options.json)
    process.stdout.write(`${JSON.stringify({ verdicts, measured }, undefined, 2)}\n`);
  if (verdicts.some(({ isKept }) => !isKept)) process.exitCode = 1;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
