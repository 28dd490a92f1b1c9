/** What is in a release, read from its files as they lie and published beside its manifest: packages, units, kernel arguments, /etc. */
import { createHash } from "node:crypto";
import path from "node:path";
import {
  type ByteSource,
  type ContainedEtc,
  type ContainedUnit,
  encodeContents,
  type FileFacts,
  FormatError,
  MAX_CONTENTS_BYTES,
  parseContentsFile,
  readRange,
  readUki,
  type ReleaseContents,
} from "@slipway/release";
import { compareTexts } from "../diff/order.ts";
import { openRootTree, type RootTree } from "../diff/root-tree.ts";
import { readUnitFiles } from "../diff/unit-files.ts";
import { type UnitState, unitStates } from "../diff/units.ts";
import { ComposerError } from "../errors.ts";
import type { ErofsInode } from "../inspect/erofs-inode.ts";
import { openFileSource } from "../inspect/file-source.ts";
import { readPackages } from "../inspect/inspect-release.ts";
import type { Progress } from "../progress.ts";
import type { BlobStore } from "./blobs.ts";
import type { BuiltDirectory } from "./built-directory.ts";

const PIECE_BYTES = 1024 * 1024;
/** No text below /etc is larger, and a file that is tells with its size alone. */
const MOST_BYTES: number = 64 * 1024 * 1024;
const MARK_DIGITS = 16;
const MOST_LEVELS = 64;

/** Neither canonical JSON nor anybody's terminal takes them. */
// eslint-disable-next-line no-control-regex -- these are what is looked for
const UNWRITABLE = /[\u0000-\u001f\u007f-\u009f]/;

/**
 * Puts them into the repository. A root that cannot be read this way is no reason not to publish it: nodes are then not told beforehand what changes.
 * @returns nothing where it is published without.
 */
export const publishContents = async (
  built: BuiltDirectory,
  blobs: BlobStore,
  progress: Progress,
): Promise<FileFacts | undefined> => {
  const { version, architecture } = built.manifest;
  const without = (reason: string): undefined => {
    progress.warn(
      `${version} for ${architecture} is published without a list of its contents, so that \`slipway-agent plan\` cannot tell what it changes: ${reason}`,
    );
  };
  return progress.task(`contents for ${architecture}`, built.directory, async () => {
    try {
      const file = encodeContents(await readContents(built.directory));
      if (file.length > MAX_CONTENTS_BYTES)
        return without(`it has ${file.length} bytes, more than ${MAX_CONTENTS_BYTES}`);
      // What nodes would refuse is of no use to them.
      const decoded = parseContentsFile(file);
      if (!decoded.ok) return without(decoded.findings[0]?.message ?? "it cannot be read back");
      return await blobs.put((sink) => sink.write(file));
    } catch (error) {
      if (error instanceof FormatError || error instanceof ComposerError)
        return without(error.message);
      throw error;
    }
  });
};

/** @throws FormatError, ComposerError */
export const readContents = async (directory: string): Promise<ReleaseContents> => {
  await using opened = new AsyncDisposableStack();
  const open = async (name: string): Promise<ByteSource> =>
    opened.use(await openFileSource(path.join(directory, name)));
  const [root, uki] = [await open("root.erofs"), await open("uki.efi")];
  const tree = await openRootTree(root);
  const packages = await readPackages(path.join(directory, "packages.json"));
  return {
    kernelArguments: (await readUki(uki)).kernelArguments.filter((word) => !UNWRITABLE.test(word)),
    packages: packages.map(({ name, version, architecture }) => ({ name, version, architecture })),
    units: await unitsOf(tree),
    etc: await etcOf(root, tree),
  };
};

const unitsOf = async (tree: RootTree): Promise<readonly ContainedUnit[]> => {
  const states = [...unitStates(await readUnitFiles(tree))].toSorted(([a], [b]) =>
    compareTexts(a, b),
  );
  const aliased = new Set(states.flatMap(([, { manager, alias }]) => `${manager} ${alias ?? ""}`));
  const units: ContainedUnit[] = [];
  for (const [key, state] of states) {
    if (UNWRITABLE.test(state.unit)) continue;
    units.push({
      manager: state.manager,
      unit: state.unit,
      state: state.masked
        ? "masked"
        : state.startedBy.length > 0 || aliased.has(key)
          ? "enabled"
          : "idle",
      mark: await markOf(tree, state),
    });
  }
  return units;
};

const markOf = async (tree: RootTree, { file, alias, dropIns }: UnitState): Promise<string> => {
  const hash = createHash("sha256").update(alias ?? "");
  for (const one of [...(file === undefined ? [] : [file]), ...dropIns])
    hash.update(`\0${one}\0`).update((await tree.text(one)) ?? "");
  return hash.digest("hex").slice(0, MARK_DIGITS);
};

/** Everything below /etc, by path; what is neither file, directory nor link is nothing that a node carries. */
const etcOf = async (root: ByteSource, tree: RootTree): Promise<readonly ContainedEtc[]> => {
  const found: ContainedEtc[] = [];
  const visit = async (inode: ErofsInode, at: string, levels: number): Promise<void> => {
    if (levels > MOST_LEVELS)
      throw new FormatError("OUT_OF_RANGE", "EROFS", `over ${MOST_LEVELS} levels below /etc`);
    const { uid, gid, mode, type } = inode;
    const owned = { path: at, uid, gid };
    if (type === "link") {
      const target = await tree.linkTarget(inode);
      if (!UNWRITABLE.test(target)) found.push({ ...owned, kind: "symlink", target });
    } else if (type === "file") {
      found.push({ ...owned, kind: "file", mode, sha256: await digestOf(root, tree, inode) });
    } else if (type === "directory") {
      found.push({ ...owned, kind: "directory", mode });
      for (const { name, nid } of await tree.list(inode.nid))
        if (!UNWRITABLE.test(name))
          await visit(await tree.inode(nid), at === "" ? name : `${at}/${name}`, levels + 1);
    }
  };
  const etc = await tree.find("/etc");
  if (etc !== undefined) await visit(etc, "", 0);
  return found.toSorted((a, b) => compareTexts(a.path, b.path));
};

const digestOf = async (root: ByteSource, tree: RootTree, inode: ErofsInode): Promise<string> => {
  if (inode.size > MOST_BYTES)
    throw new FormatError("OUT_OF_RANGE", "EROFS", `a file of ${inode.size} bytes below /etc`);
  const hash = createHash("sha256");
  for (const { offset, length } of tree.extents(inode))
    for (let at = 0; at < length; at += PIECE_BYTES)
      hash.update(
        await readRange(root, "EROFS", "a file", offset + at, Math.min(PIECE_BYTES, length - at)),
      );
  return hash.digest("hex");
};
