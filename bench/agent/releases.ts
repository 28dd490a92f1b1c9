/** What the node of these measurements is installed with and offered: two releases of the demonstration, real packages apart, and their repository. Shell. */
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { silentProgress } from "@slipway/composer";
import { makeBundle, openWorkshop } from "@slipway/composer/testing";
import { linuxClock, linuxExec } from "@slipway/host";
import { readWith } from "../compose/subject.ts";
import { readManifest, type Release } from "./release.ts";

export interface Releases {
  /** The last point release's packages; with today's security updates. */
  readonly before: Release;
  readonly after: Release;
  /** Repositories: one whose channel ends with the first, and one that offers the second. Both hold both, and a delta. */
  readonly quiet: string;
  readonly offering: string;
}

export interface Yard {
  /** Where releases are kept from run to run. */
  readonly directory: string;
  /** slipway's own cache. */
  readonly cache: string;
  /** Of the repository of slipway. */
  readonly repository: string;
  readonly say: (text: string) => void;
}

/** Half an hour, as nodes have it that are told nothing. */
const POLL_SECONDS = 1800;

const MARK = "made-of";

/** Below the repository. */
const SOURCES = ["images/base.yaml", "packages/composer/node/slipway-agent"];

/** What makes releases outdated: another agent, another base. */
const ingredients = async ({ directory, repository }: Yard): Promise<string> => {
  const scratch = path.join(directory, "bundle");
  await mkdir(scratch, { recursive: true });
  await makeBundle(linuxExec, scratch);
  const digest = createHash("sha256");
  const sources = SOURCES.map((file) => path.join(repository, file));
  for (const file of [path.join(scratch, "bundle.json"), ...sources])
    digest.update(await readFile(file));
  await rm(scratch, { recursive: true });
  return digest.digest("hex");
};

const make = async ({ cache, repository, say }: Yard, directory: string): Promise<void> => {
  await mkdir(directory);
  const shop = await openWorkshop({
    ...{ exec: linuxExec, clock: linuxClock, progress: silentProgress, environment: process.env },
    ...{ definitions: readWith, cache, architecture: "x86_64", pollSeconds: POLL_SECONDS },
    base: await readFile(path.join(repository, "images/base.yaml"), "utf8"),
    directory,
  });
  for (const version of ["1", "2"] as const) {
    say(`building release ${version}${version === "2" ? ", and its delta" : ""}`);
    const { directory: made } = await shop.make(version);
    // As large as all else together, and nobody is installed from it.
    await rm(path.join(made, "disk.raw"), { force: true });
  }
  await shop.offer("1");
  await cp(shop.repo, path.join(directory, "quiet"), { recursive: true });
  await shop.offer("2");
};

/** Builds and publishes them unless the ones that are there are of this agent. */
export const ensureReleases = async (yard: Yard): Promise<Releases> => {
  const directory = path.join(yard.directory, "releases");
  const mark = path.join(directory, MARK);
  const wanted = await ingredients(yard);
  if ((await readFile(mark, "utf8").catch(() => "")) !== wanted) {
    await rm(directory, { recursive: true, force: true });
    await make(yard, directory);
    await writeFile(mark, wanted);
  }
  const release = (version: string): Promise<Release> =>
    readManifest(path.join(directory, `release-${version}`, "out/demo", version, "x86_64"));
  return {
    before: await release("1"),
    after: await release("2"),
    quiet: path.join(directory, "quiet"),
    offering: path.join(directory, "repo"),
  };
};
