import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseManifest } from "../build/manifest.ts";
import type { ArtifactName } from "../build/manifest.ts";
import { ComposerError } from "../errors.ts";
import { headroom, MIB } from "../image/geometry.ts";
import { decodePackages } from "../packages/packages-json.ts";
import type { PackageEntry } from "../packages/packages-json.ts";
import { type ByteSource, FormatError, readUki, readVerity } from "@slipway/release";
import { disagreements } from "./disagreements.ts";
import { readErofs } from "./erofs.ts";
import type { ErofsSuperblock } from "./erofs.ts";
import { listErofsDirectory } from "./erofs-directory.ts";
import { openFileSource } from "./file-source.ts";
import { readPartitionTable } from "./gpt.ts";
import type { EnabledUnit, ReleaseDescription } from "./release-description.ts";

/** A manifest has a page; packages.json some hundred bytes a package. */
const MAX_JSON_BYTES = 64 * 1024 * 1024;

const HINT = "name a directory that slipway build made: OUT/IMAGE/VERSION/ARCHITECTURE";

/**
 * Describes a release directory. Of the images only the ranges that hold headers and directories are read, and nothing is
 * hashed in whole; contradictions between the files are told in `problems`. Throws `NOT_A_RELEASE` when the directory is none,
 * or one of its files is not of its format.
 */
export const inspectRelease = async (directory: string): Promise<ReleaseDescription> => {
  const manifestPath = join(directory, "manifest.json");
  const manifest = parseManifest(await readText(manifestPath), manifestPath);
  const [disk, uki, root, verity] = await Promise.all([
    readArtifact(directory, "disk.raw", readPartitionTable),
    readArtifact(directory, "uki.efi", readUki),
    readArtifact(directory, "root.erofs", async (file) => {
      const superblock = await readErofs(file);
      return { superblock, enabledUnits: await enabledUnits(file, superblock) };
    }),
    readArtifact(directory, "root.verity", readVerity),
  ]);
  const sizes = await sizesOf(directory);
  const used = sizes["root.erofs"];
  const description = {
    directory,
    manifest,
    sizes,
    slot: {
      size: manifest.slotSizeMib * MIB,
      used,
      headroom: headroom(used, manifest.slotSizeMib),
    },
    disk,
    uki,
    root: root.superblock,
    verity,
    packages: summary(await readPackages(join(directory, "packages.json"))),
    enabledUnits: root.enabledUnits,
  };
  return { ...description, problems: disagreements(description) };
};

const readArtifact = async <T>(
  directory: string,
  name: ArtifactName,
  read: (file: ByteSource) => Promise<T>,
): Promise<T> => {
  const path = join(directory, name);
  try {
    await using file = await openFileSource(path);
    return await read(file);
  } catch (cause) {
    if (cause instanceof FormatError) {
      throw new ComposerError("NOT_A_RELEASE", `${path}: ${cause.message}`, { cause, hint: HINT });
    }
    throw unreadable(path, cause);
  }
};

const sizesOf = async (directory: string): Promise<Readonly<Record<ArtifactName, number>>> => {
  const size = async (name: ArtifactName): Promise<number> => {
    try {
      return (await stat(join(directory, name))).size;
    } catch (cause) {
      throw unreadable(join(directory, name), cause);
    }
  };
  return {
    "disk.raw": await size("disk.raw"),
    "root.erofs": await size("root.erofs"),
    "root.verity": await size("root.verity"),
    "uki.efi": await size("uki.efi"),
    "packages.json": await size("packages.json"),
    "sbom.spdx.json": await size("sbom.spdx.json"),
  };
};

const readText = async (path: string): Promise<string> => {
  try {
    const { size } = await stat(path);
    if (size > MAX_JSON_BYTES) throw new Error(`${size} bytes, ${MAX_JSON_BYTES} at most`);
    return await readFile(path, "utf8");
  } catch (cause) {
    throw unreadable(path, cause);
  }
};

const unreadable = (path: string, cause: unknown): ComposerError =>
  new ComposerError(
    "NOT_A_RELEASE",
    `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    { cause, hint: HINT },
  );

/** The list of a release's packages. @throws ComposerError `NOT_A_RELEASE` when it is none. */
export const readPackages = async (path: string): Promise<readonly PackageEntry[]> => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readText(path));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw unreadable(path, cause);
    throw cause;
  }
  const packages = decodePackages(parsed);
  if (packages === undefined) {
    throw new ComposerError("NOT_A_RELEASE", `${path} is no list of packages`, { hint: HINT });
  }
  return packages;
};

const LARGEST = 10;

const summary = (packages: readonly PackageEntry[]): ReleaseDescription["packages"] => ({
  count: packages.length,
  // Sorting is stable, and the list comes in the order of the names.
  largest: packages
    .toSorted((a, b) => b.installedSizeKib - a.installedSizeKib)
    .slice(0, LARGEST)
    .map(({ name, version, installedSizeKib }) => ({ name, version, installedSizeKib })),
});

const UNITS = "/etc/systemd/system";

/** What the presets and the definition enabled; what packages enable for themselves in `/usr` is not a choice. */
const enabledUnits = async (
  file: ByteSource,
  superblock: ErofsSuperblock,
): Promise<readonly EnabledUnit[]> => {
  const units: EnabledUnit[] = [];
  for (const { name, type } of (await listErofsDirectory(file, superblock, UNITS)) ?? []) {
    const by = /^(.+)\.(?:wants|requires|upholds)$/.exec(name)?.[1];
    if (by === undefined || type !== "directory") continue;
    const names = (await listErofsDirectory(file, superblock, `${UNITS}/${name}`)) ?? [];
    units.push(...names.map((one) => ({ unit: one.name, by })));
  }
  return units.sort((a, b) => compare(a.unit, b.unit) || compare(a.by, b.by));
};

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
