/**
 * What a node downloads for a new release, with slipway's three ways and with six other programs, over real pairs of releases: bytes,
 * what it costs to make and to apply, and whether what was made is the release.
 */
import { mkdir, rm } from "node:fs/promises";
import { availableParallelism, cpus, homedir, release, totalmem } from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { hostAptNetworkSettings, hostMirrors } from "@slipway/composer";
import { linuxExec } from "@slipway/host";
import type { Bench } from "./delta/ground.ts";
import { judge } from "./delta/limits.ts";
import { measureOurs } from "./delta/ours.ts";
import { type Outcome, type PairReport, type Peer, PEERS } from "./delta/outcome.ts";
import { PAIRS } from "./delta/pairs.ts";
import { casync } from "./delta/peers/casync.ts";
import { ostree } from "./delta/peers/ostree.ts";
import { rauc } from "./delta/peers/rauc.ts";
import { xdelta3 } from "./delta/peers/xdelta3.ts";
import { zchunk } from "./delta/peers/zchunk.ts";
import { zstd } from "./delta/peers/zstd.ts";
import { ensurePairs, type Pair, type VoidPair } from "./delta/releases.ts";
import { type DeltaReport, documentOf, formatReport } from "./delta/report.ts";
import { measureUkiPatches } from "./delta/uki-patches.ts";
import { ensureTree } from "./measure/debian-tree.ts";

const REPOSITORY = path.join(import.meta.dirname, "..");

const { values: options } = parseArgs({
  options: {
    pair: { type: "string", multiple: true, default: [] },
    contestant: { type: "string", multiple: true, default: [] },
    json: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    cache: { type: "string", default: path.join(REPOSITORY, "cache/bench-delta") },
    "slipway-cache": {
      type: "string",
      default: path.join(
        process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache"),
        "slipway",
      ),
    },
  },
});

const say = (text: string): void => console.error(`delta: ${text}`);

const MEASURES: Readonly<Record<Peer, (bench: Bench, pair: Pair) => Promise<Outcome>>> = {
  ostree,
  casync,
  zchunk,
  rauc,
  xdelta3,
  zstd,
};

const TREE_PACKAGES: readonly string[] = [
  ...PEERS,
  ...["erofs-utils", "cryptsetup-bin", "nginx-light", "squashfs-tools", "openssl"],
  ...["bsdiff", "binutils", "cpio"],
];

const requireMachine = (): void => {
  if (process.getuid?.() !== 0) throw new Error("start it as root: it composes images and trees");
  if (process.arch !== "x64") throw new Error("it compares images for x86_64 on x86_64");
};

/** The names among `all` that were asked for, or all when none was. @throws Error for one that is not among them. */
const chosen = <T extends string>(
  option: string,
  asked: readonly string[],
  all: readonly T[],
): readonly T[] => {
  const unknown = asked.filter((name) => !all.some((known) => known === name));
  if (unknown.length > 0) {
    throw new Error(`--${option} ${unknown.join(", ")}: give some of ${all.join(", ")}`);
  }
  return all.filter((name) => asked.length === 0 || asked.includes(name));
};

/** One that fails must not cost what the others took an hour to find out. */
const attempt = async <T>(what: string, run: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await run();
  } catch (error) {
    say(`${what} failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    return undefined;
  }
};

const measurePair = async (
  bench: Bench,
  pair: Pair | VoidPair,
  contestants: readonly ("ours" | Peer)[],
): Promise<PairReport> => {
  const { id, title } = pair.plan;
  const facts = { id, title, changes: pair.changes };
  if (!("after" in pair)) return { ...facts, isVoid: true, rootBytes: 0, outcomes: { ours: {} } };
  const ours = contestants.includes("ours")
    ? await attempt(`${id}, ours`, () => measureOurs(bench, pair))
    : undefined;
  const found: Partial<Record<Peer, Outcome>> = {};
  for (const peer of PEERS.filter((name) => contestants.includes(name))) {
    const outcome = await attempt(`${id}, ${peer}`, () => MEASURES[peer](bench, pair));
    if (outcome === undefined) continue;
    say(`${id}, ${peer}: ${outcome.bytes} bytes, ${outcome.result}`);
    found[peer] = outcome;
  }
  const ukiPatches = await attempt(`${id}, patches`, () => measureUkiPatches(bench, pair));
  return {
    ...facts,
    isVoid: false,
    rootBytes: pair.after.rootBytes,
    ...(ukiPatches === undefined ? {} : { ukiPatches }),
    outcomes: { ...found, ours: ours ?? {} },
  };
};

const peerVersions = async (tree: string): Promise<readonly string[]> => {
  const { stdout } = await linuxExec.run({
    argv: [
      "chroot",
      tree,
      "dpkg-query",
      "--show",
      "--showformat=${Package} ${Version}\\n",
      ...PEERS,
    ],
    purpose: "asking for the peers' versions",
  });
  return stdout.trim().split("\n");
};

const compare = async (cache: string): Promise<DeltaReport> => {
  const plans = PAIRS.filter(({ id }) =>
    chosen(
      "pair",
      options.pair,
      PAIRS.map((plan) => plan.id),
    ).includes(id),
  );
  const contestants = chosen("contestant", options.contestant, ["ours", ...PEERS] as const);
  const releases = path.join(cache, "releases");
  if (options.fresh) await rm(releases, { recursive: true, force: true });
  const bench: Bench = {
    exec: linuxExec,
    tree: await ensureTree(linuxExec, path.join(cache, "peers"), {
      packages: TREE_PACKAGES,
      archives: await hostMirrors(),
      aptSettings: await hostAptNetworkSettings(linuxExec),
    }),
    work: path.join(cache, "work"),
    logs: path.join(cache, "log"),
    repository: REPOSITORY,
    say,
  };
  for (const directory of [bench.logs, releases]) await mkdir(directory, { recursive: true });
  const pairs = await ensurePairs(
    {
      exec: linuxExec,
      repository: REPOSITORY,
      directory: releases,
      cache: path.resolve(options["slipway-cache"]),
      say,
    },
    plans,
  );
  const reports: PairReport[] = [];
  for (const pair of pairs) reports.push(await measurePair(bench, pair, contestants));
  await rm(bench.work, { recursive: true, force: true });
  return {
    machine: {
      processor: cpus()[0]?.model ?? "processor",
      cpus: availableParallelism(),
      memoryBytes: totalmem(),
      kernel: release(),
    },
    versions: await peerVersions(bench.tree),
    reports,
    verdicts: judge(reports),
  };
};

try {
  requireMachine();
  const report = await compare(path.resolve(options.cache));
  process.stderr.write(formatReport(report));
  if (options.json) process.stdout.write(`${JSON.stringify(documentOf(report), undefined, 2)}\n`);
  if (report.verdicts.some(({ isKept }) => isKept === false)) process.exitCode = 1;
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
