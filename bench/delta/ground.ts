/** Where a contestant works: a directory with both images, the programs of the tree, and what they cost. Shell. */
import { link, mkdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import type { Exec } from "@slipway/host";
import { inTree } from "../measure/debian-tree.ts";
import { measure } from "../measure/measure.ts";
import type { Spent } from "./outcome.ts";
import type { Pair, Release } from "./releases.ts";

type CommandLine = readonly [string, ...string[]];

export interface Bench {
  readonly exec: Exec;
  /** The Debian tree with the programs that are compared. */
  readonly tree: string;
  /** Each contestant's directory is in it, while it is at work. */
  readonly work: string;
  /** Where slipway's sources are. */
  readonly repository: string;
  /** Where the programs' own words go. */
  readonly logs: string;
  readonly say: (text: string) => void;
}

/** In the ground's directory `old` and `new` are the root images, of which nobody may write a byte. */
export interface Ground extends AsyncDisposable {
  readonly directory: string;
  readonly at: (name: string) => string;
  /** Runs a program of the tree in the directory, and says what it cost. */
  readonly spend: (name: string, command: CommandLine) => Promise<Spent>;
  /** The same of a program of the host. */
  readonly spendOutside: (name: string, command: CommandLine) => Promise<Spent>;
  /** What the last of these wrote on standard output. */
  readonly said: (name: string) => Promise<string>;
  /** Runs a program of the tree for its answer on standard output. */
  readonly ask: (command: CommandLine) => Promise<string>;
  /** Whether a file is the root image of the release after, by its root hash. */
  readonly isAfter: (file: string) => Promise<boolean>;
}

export const openGround = async (bench: Bench, pair: Pair, contestant: string): Promise<Ground> => {
  const directory = path.join(bench.work, contestant);
  const at = (name: string): string => path.join(directory, name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await link(pair.before.root, at("old"));
  await link(pair.after.root, at("new"));
  await link(pair.after.verity, at("verity"));
  const enter = (command: CommandLine): CommandLine =>
    inTree(bench.tree, directory, ["env", `--chdir=${directory}`, ...command]);
  const ask: Ground["ask"] = async (command) =>
    (await bench.exec.run({ argv: enter(command), purpose: `running ${contestant}` })).stdout;
  const full = (name: string): string => `${pair.plan.id}-${contestant}-${name}`;
  const spendOutside: Ground["spendOutside"] = async (name, argv) => {
    const place = { cwd: directory, env: process.env, directory: bench.logs };
    const cost = await measure({ argv, name: full(name), ...place });
    const { wallSeconds, cpuSeconds, largestBytes } = cost;
    return { wallSeconds, cpuSeconds, peakBytes: largestBytes };
  };
  return {
    directory,
    at,
    ask,
    spendOutside,
    spend: (name, command) => spendOutside(name, enter(command)),
    said: (name) => readFile(path.join(bench.logs, `${full(name)}.out`), "utf8"),
    isAfter: (file) => hasRootHash(ask, file, pair.after),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
};

const hasRootHash = (ask: Ground["ask"], file: string, { rootHash }: Release): Promise<boolean> =>
  ask(["veritysetup", "verify", file, "verity", rootHash]).then(
    () => true,
    () => false,
  );
