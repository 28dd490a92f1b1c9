/** Compares two release directories, from their files as they are. */
import { join } from "node:path";
import { DATABASE_NAMES, type Databases, parseDatabases } from "../accounts/databases.ts";
import { ARTIFACTS, type ArtifactName } from "../build/manifest.ts";
import { ComposerError } from "../errors.ts";
import { type ByteSource, FormatError } from "@slipway/release";
import type { Extent } from "../inspect/erofs-inode.ts";
import { openFileSource } from "../inspect/file-source.ts";
import { inspectRelease, readPackages } from "../inspect/inspect-release.ts";
import type { ReleaseDescription } from "../inspect/release-description.ts";
import type { PackageEntry } from "../packages/packages-json.ts";
import { compareAccounts } from "./accounts.ts";
import { compareTrees } from "./compare-trees.ts";
import type { FileChange } from "./file-change.ts";
import { compareInitrds } from "./initrd.ts";
import { compareArguments, noArgumentsDiffer } from "./kernel-arguments.ts";
import { leafHashesOrNone } from "./leaf-hashes.ts";
import { type Change, compareTexts } from "./order.ts";
import { comparePackages } from "./packages.ts";
import { comparePresets } from "./presets.ts";
import type { ProfileChange, ReleaseDiff, ReleaseFacts } from "./release-diff.ts";
import { openRootTree } from "./root-tree.ts";
import { dataComparison, type RootSide } from "./same-data.ts";
import { isSameBytes } from "./same-bytes.ts";
import { readUkiParts, type UkiParts } from "./uki-parts.ts";
import { readPresetFiles, readUnitFiles } from "./unit-files.ts";
import { compareUnits } from "./units.ts";
import { warningsOf } from "./warnings.ts";

/**
 * Everything in which the release in `after` differs from the one in `before`, two directories that `slipway build` made. The
 * roots are read as they lie, without mounting: memory holds what differs. Two images or architectures can be compared, with
 * a warning.
 * @throws ComposerError `NOT_A_RELEASE` when a directory is none, or a file in it is not of its format.
 */
export const diffReleases = async (
  before: string,
  after: string,
  signal?: AbortSignal,
): Promise<ReleaseDiff> => {
  await using old = await openSide(before);
  await using now = await openSide(after);
  const renamed = kernelRenaming(old.description, now.description);
  const files = await compareTrees(old.root.tree, now.root.tree, {
    isSameData: dataComparison(old.root, now.root, signal),
    ...(renamed === undefined ? {} : { renamed }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    throw asComposerError(error, `${join(before, "root.erofs")} or ${join(after, "root.erofs")}`);
  });
  const accounts = compareAccounts(old.accounts, now.accounts);
  const initrd = await compareInitrds(initrdOf(old), initrdOf(now), signal).catch(
    (error: unknown) => {
      throw asComposerError(error, `${join(before, "uki.efi")} or ${join(after, "uki.efi")}`);
    },
  );
  const [facts, otherFacts] = [factsOf(old.description), factsOf(now.description)];
  const parts = {
    artifacts: ARTIFACTS.filter(
      (name) => sha256Of(old.description, name) !== sha256Of(now.description, name),
    ),
    sizes: sizesOf(old, now),
    slot: { before: old.description.slot, after: now.description.slot },
    isUkiChanged: !(await isSameBytes(
      ...([old.uki, [whole(old.uki)]] as const),
      ...([now.uki, [whole(now.uki)]] as const),
      signal,
    )),
    isKernelChanged: !(await isSameBytes(
      ...([old.uki, [old.parts.kernel]] as const),
      ...([now.uki, [now.parts.kernel]] as const),
      signal,
    )),
    kernelArguments: compareArguments(
      old.description.uki.kernelArguments,
      now.description.uki.kernelArguments,
    ),
    profiles: compareProfiles(old.parts, now.parts),
    initrd,
    packages: comparePackages(packagesOf(old), packagesOf(now)),
    units: compareUnits(old.units, now.units, pathsOfContents(files)),
    presets: comparePresets(old.presets, now.presets),
    accounts,
    files,
  };
  return {
    isIdentical: isNothing(parts) && isSameFacts(facts, otherFacts),
    before: facts,
    after: otherFacts,
    warnings: warningsOf(warnedOf(old.description), warnedOf(now.description), accounts),
    ...parts,
  };
};

interface Side extends AsyncDisposable {
  readonly description: ReleaseDescription;
  readonly packages: readonly PackageEntry[];
  readonly root: RootSide;
  readonly uki: ByteSource;
  readonly parts: UkiParts;
  readonly accounts: Databases;
  readonly units: Awaited<ReturnType<typeof readUnitFiles>>;
  readonly presets: ReadonlyMap<string, string>;
}

const openSide = async (directory: string): Promise<Side> => {
  const description = await inspectRelease(directory);
  const packages = await readPackages(join(directory, "packages.json"));
  await using opened = new AsyncDisposableStack();
  const open = async (name: ArtifactName): Promise<ByteSource> =>
    opened.use(await openFileSource(join(directory, name)));
  const [image, uki, verity] = [
    await open("root.erofs"),
    await open("uki.efi"),
    await open("root.verity"),
  ];
  const reading = async <T>(name: ArtifactName, read: () => Promise<T>): Promise<T> =>
    read().catch((error: unknown) => {
      throw asComposerError(error, join(directory, name));
    });
  const ofRoot = await reading("root.erofs", async () => {
    const tree = await openRootTree(image);
    const texts = await Promise.all(
      DATABASE_NAMES.map(async (name) => [name, await tree.text(`/etc/${name}`)] as const),
    );
    return {
      root: { image, tree, leaves: await leafHashesOrNone(verity, description.manifest.roothash) },
      accounts: parseDatabases(Object.fromEntries(texts)).databases,
      units: await readUnitFiles(tree),
      presets: await readPresetFiles(tree),
    };
  });
  const parts = await reading("uki.efi", () => readUkiParts(uki, description.uki));
  const keep = opened.move();
  return {
    ...{ description, packages, uki, parts },
    ...ofRoot,
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
};

const asComposerError = (error: unknown, where: string): unknown =>
  error instanceof FormatError
    ? new ComposerError("NOT_A_RELEASE", `${where}: ${error.message}`, {
        cause: error,
        hint: "build the release again, or fetch it again: its files are damaged",
      })
    : error;

const factsOf = ({ directory, manifest }: ReleaseDescription): ReleaseFacts => {
  const { image, version, architecture, epoch, kernelRelease } = manifest;
  const { roothash, salt, slotSizeMib, bootEntry } = manifest;
  return {
    ...{ directory, image, version, architecture, epoch, kernelRelease },
    ...{ roothash, salt, slotSizeMib, bootEntry },
  };
};

const isSameFacts = (before: ReleaseFacts, after: ReleaseFacts): boolean =>
  JSON.stringify({ ...before, directory: "" }) === JSON.stringify({ ...after, directory: "" });

const isNothing = (
  parts: Omit<ReleaseDiff, "isIdentical" | "before" | "after" | "warnings">,
): boolean =>
  parts.artifacts.length === 0 &&
  parts.files.length === 0 &&
  parts.units.length === 0 &&
  parts.presets.length === 0 &&
  parts.profiles.length === 0 &&
  parts.initrd.isSame &&
  !parts.isUkiChanged &&
  noArgumentsDiffer(parts.kernelArguments) &&
  Object.values(parts.sizes).every(({ before, after }) => before === after) &&
  [parts.packages.added, parts.packages.removed, parts.packages.upgraded].every(isEmpty) &&
  [parts.packages.downgraded, parts.packages.rebuilt].every(isEmpty);

const whole = ({ size }: ByteSource): Extent => ({ offset: 0, length: size });

const isEmpty = (list: readonly unknown[]): boolean => list.length === 0;

const sha256Of = ({ manifest }: ReleaseDescription, name: ArtifactName): string =>
  manifest.artifacts[name].sha256;

const sizesOf = (old: Side, now: Side): ReleaseDiff["sizes"] => {
  const size = (name: ArtifactName): Change<number> => ({
    before: old.description.sizes[name],
    after: now.description.sizes[name],
  });
  return {
    "disk.raw": size("disk.raw"),
    "root.erofs": size("root.erofs"),
    "root.verity": size("root.verity"),
    "uki.efi": size("uki.efi"),
    kernel: { before: old.parts.kernel.length, after: now.parts.kernel.length },
    initrd: { before: old.parts.initrd.length, after: now.parts.initrd.length },
    "packages.json": size("packages.json"),
    "sbom.spdx.json": size("sbom.spdx.json"),
  };
};

const initrdOf = ({ uki, parts, description }: Side) => ({
  uki,
  initrd: parts.initrd,
  kernelRelease: description.manifest.kernelRelease,
});

const packagesOf = ({ description, packages }: Side) => ({
  architecture: description.manifest.architecture,
  packages,
});

const warnedOf = ({ manifest, slot, problems }: ReleaseDescription) => ({
  manifest,
  used: slot.used,
  problems,
});

const compareProfiles = (old: UkiParts, now: UkiParts): readonly ProfileChange[] =>
  [...new Set([...old.profiles.keys(), ...now.profiles.keys()])]
    .toSorted(compareTexts)
    .flatMap((profile) => {
      const [before, after] = [old.profiles.get(profile), now.profiles.get(profile)];
      const kernelArguments = compareArguments(before ?? [], after ?? []);
      const change = before === undefined ? "added" : after === undefined ? "removed" : "changed";
      return change === "changed" && noArgumentsDiffer(kernelArguments)
        ? []
        : [{ profile, change, kernelArguments }];
    });

/** A kernel's files carry its release in their names; they are one another's counterparts nonetheless. */
const kernelRenaming = (
  old: ReleaseDescription,
  now: ReleaseDescription,
): ((name: string) => string) | undefined => {
  const [from, to] = [old.manifest.kernelRelease, now.manifest.kernelRelease];
  return from === to ? undefined : (name) => name.replaceAll(from, () => to);
};

/** Where a path holds something else than before. */
const pathsOfContents = (files: readonly FileChange[]): ReadonlySet<string> =>
  new Set(
    files.flatMap((one) =>
      one.change === "changed" &&
      one.aspects.some(
        (aspect) => aspect === "contents" || aspect === "type" || aspect === "target",
      )
        ? [one.path]
        : [],
    ),
  );
