/** Both releases of a pair in a repository, as slipway publishes them. Shell. */
import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { parseManifestFile, type ReleaseManifest } from "@slipway/release";
import type { Bench, Ground } from "./ground.ts";
import type { Spent } from "./outcome.ts";
import { IMAGE, type Pair } from "./releases.ts";

export interface Published {
  /** The manifest of the release after, as a file. */
  readonly manifestFile: string;
  readonly manifest: ReleaseManifest;
  /** That of the release before, as a file. */
  readonly manifestBefore: string;
  /** All that a node fetches before it knows what to fetch: metadata, channel, manifest. */
  readonly metadataBytes: number;
  /** For frames, indexes and deltas together. */
  readonly make: Spent;
}

/** Below what is served. */
const LISTED = ["metadata", "targets"] as const;

/** Publishes the release before, then the one after with a delta from it, into `www` of the ground. */
export const publishPair = async (bench: Bench, ground: Ground, pair: Pair): Promise<Published> => {
  const repo = ground.at("www");
  const slipway = (command: readonly string[]) =>
    [
      process.execPath,
      "--conditions=@slipway/source",
      path.join(bench.repository, "packages/cli/src/main.ts"),
      ...command,
    ] as const;
  const publish = (directory: string, ...how: readonly string[]) =>
    slipway([
      ...["publish", directory, "--repo", repo, "--keys", ground.at("keys")],
      ...["--channel", "stable", ...how],
    ]);
  await ground.spendOutside(
    "keys",
    slipway(["keys", "init", ground.at("keys"), "--repo", repo, "--image", IMAGE]),
  );
  await ground.spendOutside("publish-before", publish(pair.before.directory, "--no-deltas"));
  const listed = await filesBelow(repo);
  const known = new Set(listed.map(({ name }) => name));
  const make = await ground.spendOutside(
    "publish",
    publish(pair.after.directory, "--deltas", "1", "--from", pair.before.directory),
  );
  const written = (await filesBelow(repo)).filter(
    // The timestamp has the same name each time.
    ({ name }) => !known.has(name) || name.endsWith("/timestamp.json"),
  );
  const file = path.join(repo, manifestAmong(written));
  const decoded = parseManifestFile(await readFile(file));
  if (!decoded.ok) throw new Error(`${file}: ${JSON.stringify(decoded)}`);
  return {
    manifestFile: file,
    manifest: decoded.value,
    manifestBefore: path.join(repo, manifestAmong(listed)),
    metadataBytes: written.reduce((sum, { bytes }) => sum + bytes, 0),
    make,
  };
};

interface ListedFile {
  /** From the repository on. */
  readonly name: string;
  readonly bytes: number;
}

const manifestAmong = (files: readonly ListedFile[]): string => {
  const found = files.find(({ name }) => name.includes(`/releases/${IMAGE}/`));
  if (found === undefined) throw new Error("publishing wrote no manifest");
  return found.name;
};

const filesBelow = async (repo: string): Promise<readonly ListedFile[]> => {
  const found: ListedFile[] = [];
  for (const directory of LISTED) {
    const entries = await readdir(path.join(repo, directory), {
      recursive: true,
      withFileTypes: true,
    }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      found.push({ name: path.relative(repo, file), bytes: (await stat(file)).size });
    }
  }
  return found;
};
