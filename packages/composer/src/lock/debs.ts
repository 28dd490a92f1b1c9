/** The .debs of a lock, fetched once and kept by digest. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, link, mkdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { HostError } from "@slipway/host";
import type { StepStore } from "../cache/store.ts";
import { ComposerError } from "../errors.ts";
import type { Task } from "../progress.ts";
import type { Mirrors } from "../tools/apt-sources.ts";
import type { Toolbox } from "../tools/toolbox.ts";
import { downloadFailures, lastPart } from "./apt-output.ts";
import type { LockedPackage } from "./lock.ts";

/** Where a package's .deb lies once it has been fetched. */
export const debFile = (
  store: Pick<StepStore, "packages">,
  entry: Pick<LockedPackage, "sha256">,
): string => path.join(store.packages, `${entry.sha256}.deb`);

/** Hex SHA-256 of a file, streamed. */
export const sha256File = async (file: string): Promise<string> => {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest("hex");
};

const sizeOf = (file: string): Promise<number | undefined> =>
  stat(file).then(
    (facts) => facts.size,
    () => undefined,
  );

/** Downloads at once, by one apt-helper: enough to fill a link, short enough a command line. */
const BATCH = 40;

/**
 * Fetches what is missing of `packages`, checks size and digest, and only then gives a file its name in the cache.
 * @returns the packages that the mirror no longer has.
 * @throws ComposerError `PACKAGE_TAMPERED` when the mirror serves other bytes than the lock names, `MIRROR_FAILED`.
 */
export const fetchDebs = async (
  toolbox: Toolbox,
  store: StepStore,
  packages: readonly LockedPackage[],
  sources: () => Promise<{ mirrors: Mirrors; aptSettings: readonly string[] }>,
  task: Task,
  signal: AbortSignal | undefined,
): Promise<readonly LockedPackage[]> => {
  await mkdir(store.packages, { recursive: true });
  const present = await Promise.all(
    packages.map(async (entry) => (await sizeOf(debFile(store, entry))) === entry.size),
  );
  const missing = packages.filter((_, index) => present[index] !== true);
  // Nothing to fetch needs no mirror either: what is locked and cached builds on any machine.
  if (missing.length === 0) return [];
  const { mirrors, aptSettings } = await sources();
  const total = missing.reduce((sum, entry) => sum + entry.size, 0);
  const vanished: LockedPackage[] = [];
  let done = 0;
  await using scratch = await store.scratch("debs");
  for (let start = 0; start < missing.length; start += BATCH) {
    const batch = missing.slice(start, start + BATCH);
    const said = await download(toolbox, scratch.directory, batch, mirrors, aptSettings, signal);
    const failures = downloadFailures(said);
    const problems: ComposerError[] = [];
    for (const entry of batch) {
      const file = path.join(scratch.directory, entry.sha256);
      const failure = failures.get(lastPart(addressOf(entry, mirrors)));
      if (failure?.kind === "gone") {
        vanished.push(entry);
        continue;
      }
      const size = await sizeOf(file);
      if (failure?.kind === "other") {
        // A transfer that broke off leaves a part of the file, which says nothing about the mirror's honesty.
        problems.push(unfetched(entry, mirrors, failure.said));
        continue;
      }
      if (failure === undefined && size === undefined) {
        problems.push(unfetched(entry, mirrors, said));
        continue;
      }
      if (size !== entry.size || (await sha256File(file)) !== entry.sha256) {
        problems.unshift(tampered(entry, mirrors));
        continue;
      }
      await rename(file, debFile(store, entry));
      done += entry.size;
      task.bytes(done, total);
    }
    // Only now: what was fetched beside it need not be fetched again.
    const [problem] = problems;
    if (problem !== undefined) throw problem;
  }
  return vanished;
};

const addressOf = (entry: LockedPackage, mirrors: Mirrors): string => {
  const base =
    entry.archive === "security" ? (mirrors.security ?? mirrors.archive) : mirrors.archive;
  return `${base}/${entry.filename.split("/").map(encodeURIComponent).join("/")}`;
};

/** Returns what apt said; empty when all went well. */
const download = async (
  toolbox: Toolbox,
  directory: string,
  batch: readonly LockedPackage[],
  mirrors: Mirrors,
  aptSettings: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> => {
  const lines: string[] = [];
  const options = ["APT::Sandbox::User=root", "Acquire::Retries=2", ...aptSettings.map(asOption)];
  try {
    await toolbox.run(
      {
        argv: [
          "/usr/lib/apt/apt-helper",
          ...options.flatMap((option) => ["-o", option]),
          "download-file",
          ...batch.flatMap((entry) => [
            addressOf(entry, mirrors),
            path.join(directory, entry.sha256),
            `SHA256:${entry.sha256}`,
          ]),
        ],
        purpose: "fetching packages",
      },
      {
        writable: [directory],
        network: true,
        // All of it: the error has the last lines only, and each file has lines of its own.
        onStderrLine: (line) => lines.push(line),
        ...(signal === undefined ? {} : { signal }),
      },
    );
    return "";
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== "COMMAND_FAILED") throw error;
    const said = lines.join("\n");
    // A full disk of ours is no fault of the mirror's.
    if (/No space left on device/i.test(said)) throw error;
    return said === "" ? error.message : said;
  }
};

/** `NAME "VALUE";` as apt-config prints it, as the argument of `-o`. */
const asOption = (setting: string): string => setting.replace(/^(\S+) "(.*)";$/, "$1=$2");

const unfetched = (entry: LockedPackage, mirrors: Mirrors, said: string): ComposerError =>
  new ComposerError(
    "MIRROR_FAILED",
    `${entry.name} ${entry.version} could not be fetched from ${addressOf(entry, mirrors)}:\n${said}`,
    {
      hint: "check the network and the mirror's address, and run the command again; what was fetched is kept",
    },
  );

const tampered = (entry: LockedPackage, mirrors: Mirrors): ComposerError =>
  new ComposerError(
    "PACKAGE_TAMPERED",
    `${addressOf(entry, mirrors)} is not the package that the lock names: its size or SHA-256 differs from ${entry.sha256}`,
    {
      hint: "do not use this mirror; if the archive really replaced the package under the same version, delete the lock and build anew",
    },
  );

/** A directory of links to the .debs under names that apt understands. */
export const linkDebs = async (
  store: StepStore,
  packages: readonly LockedPackage[],
  directory: string,
): Promise<void> => {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  for (const entry of packages) {
    const name = `${entry.name}_${entry.version.replaceAll(":", "%3a")}_${entry.architecture}.deb`;
    const target = path.join(directory, name);
    await link(debFile(store, entry), target).catch(async (error: unknown) => {
      // The packages may be shared from another file system.
      if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw error;
      await copyFile(debFile(store, entry), target);
    });
  }
};
