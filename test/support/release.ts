/** One build of images/base.yaml for all end-to-end tests, made by the command as a person would. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before } from "mocha";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");

/** The cache that people's own builds use: a warm one saves time, and none is needed. */
export const CACHE = path.join(
  process.env["XDG_CACHE_HOME"] ?? path.join(homedir(), ".cache"),
  "slipway",
);

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command line that starts the `slipway` command, without the launcher. */
export const SLIPWAY: readonly [string, ...string[]] = [
  process.execPath,
  "--conditions=@slipway/source",
  path.join(REPOSITORY, "packages/cli/src/main.ts"),
];

/** Runs a program to its end, whatever its status. */
export const run = (
  argv: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const [program, ...args] = argv;
    const child = spawn(program, args, {
      cwd: options.cwd ?? REPOSITORY,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, stdout, stderr }));
  });

/** Runs `slipway` with these arguments. */
export const slipway = (...args: readonly string[]): Promise<Outcome> => run([...SLIPWAY, ...args]);

/** Fails with all that the command said unless its status is 0. */
export const succeeded = (outcome: Outcome): Outcome => {
  assert.equal(outcome.status, 0, `${outcome.stdout}\n${outcome.stderr}`);
  return outcome;
};

/** A directory that is removed when the tests have run. */
export const scratchDirectory = (name: string): string => {
  const directory = mkdtempSync(path.join(tmpdir(), `slipway-${name}-`));
  after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

/** Composing needs root. Without it, skips with the reason; in CI, fails. */
export const requireRoot = (): void => {
  before("needs root", function () {
    if (process.getuid?.() === 0) return;
    if (process.env["CI"] === "true") throw new Error("composing images needs root");
    console.error("      skipped: composing images needs root");
    this.skip();
  });
};

export interface BaseRelease {
  /** A copy of `images/`, so that the lock is not written into the repository. */
  readonly definition: string;
  readonly out: string;
  readonly x86_64: string;
  readonly aarch64: string;
  /** What `build --json` printed. */
  readonly built: readonly unknown[];
}

let base: Promise<BaseRelease> | undefined;
const workDirectory = scratchDirectory("release");

/** Builds the base image for both architectures, once in this process. Disks are sparse: it takes about 2 GB. */
export const baseRelease = (): Promise<BaseRelease> => (base ??= buildBase());

const buildBase = async (): Promise<BaseRelease> => {
  const images = path.join(workDirectory, "images");
  cpSync(path.join(REPOSITORY, "images"), images, {
    recursive: true,
    filter: (file) => !file.endsWith(".lock.json"),
  });
  const definition = path.join(images, "base.yaml");
  const out = path.join(workDirectory, "out");
  const outcome = succeeded(await slipway("build", definition, "--out", out, "--json"));
  const built: unknown = JSON.parse(outcome.stdout);
  assert.ok(Array.isArray(built));
  const at = (architecture: string): string => path.join(out, "base", "1", architecture);
  return { definition, out, x86_64: at("x86_64"), aarch64: at("aarch64"), built };
};
