/**
 * The release directory `OUT/IMAGE/VERSION/ARCHITECTURE`.
 *
 * It is complete or absent: a release is made in a directory beside it and takes its place by one rename, or one
 * exchange (renameat2) when there was an earlier build. Files and directory are made durable before, so that the
 * new name never stands for less than the whole release after a power cut either.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { ComposerError } from "../errors.ts";
import { ARTIFACTS, type Manifest, parseManifest } from "./manifest.ts";

export interface ReleaseName {
  readonly image: string;
  readonly version: string;
  readonly architecture: string;
}

const MANIFEST = "manifest.json";

export const releaseDirectory = (out: string, name: ReleaseName): string =>
  path.join(out, name.image, name.version, name.architecture);

/**
 * The manifest of the release that is in `directory`, undefined if there is no directory or an empty one.
 * @throws ComposerError `OUTPUT_OCCUPIED` when something else is there.
 */
export const readRelease = async (
  directory: string,
  name: ReleaseName,
): Promise<Manifest | undefined> => {
  const occupied = (what: string, cause?: unknown): ComposerError =>
    occupiedBy(directory, what, cause);
  let entries: readonly string[];
  try {
    entries = await readdir(directory);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    if (hasCode(error, "ENOTDIR")) throw occupied("is no directory, or lies below a file", error);
    throw error;
  }
  if (entries.length === 0) return undefined;
  const file = path.join(directory, MANIFEST);
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw occupied("holds something that is no release");
  let manifest: Manifest;
  try {
    manifest = parseManifest(text, file);
  } catch (error) {
    throw occupied("holds something that is no release", error);
  }
  if (manifest.image !== name.image || manifest.architecture !== name.architecture) {
    throw occupied(`holds a release of ${manifest.image} for ${manifest.architecture}`);
  }
  if (manifest.version !== name.version) throw occupied(`holds version ${manifest.version}`);
  return manifest;
};

const occupiedBy = (directory: string, what: string, cause?: unknown): ComposerError =>
  new ComposerError("OUTPUT_OCCUPIED", `${directory} ${what}: nothing in it was touched`, {
    ...(cause === undefined ? {} : { cause }),
    hint: "choose another directory with --out, or move away what is there",
  });

/**
 * Before a release is replaced as a whole: whether something else would go with it, such as a machine's kept disk.
 * @throws ComposerError `OUTPUT_OCCUPIED`.
 */
export const requireOnlyRelease = async (directory: string): Promise<void> => {
  const own: readonly string[] = [...ARTIFACTS, MANIFEST];
  const others = (await exists(directory))
    ? (await readdir(directory)).filter((name) => !own.includes(name))
    : [];
  if (others.length > 0) {
    throw occupiedBy(
      directory,
      `holds ${others.slice(0, 5).join(", ")} beside an earlier build of the release`,
    );
  }
};

/** Whether every artifact is there with the size that the manifest names. */
export const isComplete = async (directory: string, manifest: Manifest): Promise<boolean> => {
  const sizes = await Promise.all(
    ARTIFACTS.map(async (name) =>
      stat(path.join(directory, name)).then(
        (facts) => facts.size === manifest.artifacts[name].size,
        () => false,
      ),
    ),
  );
  return sizes.every(Boolean);
};

/** A directory beside `directory` to make the release in; removed when disposed, unless it was put in place. */
export const stageRelease = async (
  directory: string,
): Promise<{ readonly staging: string } & AsyncDisposable> => {
  const parent = path.dirname(directory);
  await mkdir(parent, { recursive: true });
  const staging = path.join(parent, `.${path.basename(directory)}.${process.pid}.new`);
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging);
  return {
    staging,
    [Symbol.asyncDispose]: () => rm(staging, { recursive: true, force: true }),
  };
};

/** Removes what killed builds left beside `directory`: directories named after a process that runs no more. */
export const sweepStaging = async (directory: string): Promise<void> => {
  const parent = path.dirname(directory);
  for (const name of await readdir(parent).catch(() => [])) {
    const pid = Number(/^\.[a-z0-9_]+\.(\d+)\.new$/.exec(name)?.[1]);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    if (await exists(`/proc/${pid}`)) continue;
    await rm(path.join(parent, name), { recursive: true, force: true });
  }
};

/** Puts a staged release in its place. What was there is in `staging` afterwards, to be removed with it. */
export const placeRelease = async (
  exchange: (a: string, b: string) => Promise<void>,
  staging: string,
  directory: string,
): Promise<void> => {
  for (const name of await readdir(staging)) await sync(path.join(staging, name));
  await sync(staging);
  if (await exists(directory)) await exchange(staging, directory);
  else await rename(staging, directory);
  await sync(path.dirname(directory));
};

const sync = async (file: string): Promise<void> => {
  const handle = await open(file, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && "code" in error && error.code === code;
