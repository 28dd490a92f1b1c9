/** Makes links and directories that the contract fixes. */
import { childOf, type InRoot, nameOf, parentOf } from "../bake/in-root-path.ts";
import type { RootDirectory } from "../bake/root-directory.ts";
import { TreeError } from "../bake/tree-error.ts";
import { walk } from "./walk.ts";
import { retargetTmpfiles, WRITABLE_PLACES, type WritablePlace } from "./writable-places.ts";

/** Puts a link in place of whatever is there. */
export const forceLink = (root: RootDirectory, name: string, target: string): void => {
  const path = root.resolve(name);
  if (root.lstat(path)?.isSymbolicLink() === true && root.readlink(path) === target) return;
  root.makeDirectories(parentOf(path));
  root.remove(path);
  root.symlink(target, path);
};

/** @throws TreeError when two nodes want the same place. */
export const makeWritablePlaces = (root: RootDirectory): void => {
  for (const place of WRITABLE_PLACES) makeWritablePlace(root, place);
  for (const directory of TMPFILES) {
    walk(root, root.resolve(directory, "follow"), ({ path, kind }) => {
      if (kind !== "file" || !nameOf(path).endsWith(".conf")) return "leave";
      const text = root.readText(path) ?? "";
      const changed = retargetTmpfiles(text);
      if (changed !== text)
        root.replaceFile(path, changed, (root.lstat(path)?.mode ?? 0o644) & 0o7777);
      return "leave";
    });
  }
};

export const TMPFILES = ["/etc/tmpfiles.d", "/usr/lib/tmpfiles.d"] as const;

const makeWritablePlace = (
  root: RootDirectory,
  { path: name, target, place }: WritablePlace,
): void => {
  const path = root.resolve(name);
  const there = root.resolve(place);
  const stats = root.lstat(path);
  root.makeDirectories(parentOf(there));
  if (stats?.isDirectory() === true) {
    moveInto(root, path, there);
  } else if (stats !== undefined && !(stats.isSymbolicLink() && root.readlink(path) === target)) {
    throw new TreeError(`must be a directory or a link to ${target}`, path);
  }
  if (root.lstat(there) === undefined) root.makeDirectory(there, 0o755);
  forceLink(root, name, target);
};

/** Moves a node; directories that are there already are filled up, and have the newcomer's owner and mode. */
export const moveInto = (root: RootDirectory, from: InRoot, to: InRoot): void => {
  const stats = root.lstat(from);
  const present = root.lstat(to);
  if (stats === undefined) return;
  if (present === undefined) {
    root.rename(from, to);
    return;
  }
  if (!stats.isDirectory() || !present.isDirectory()) {
    throw new TreeError(`cannot move to ${to}: a node is there`, from);
  }
  for (const name of root.list(from)) moveInto(root, childOf(from, name), childOf(to, name));
  root.setOwner(to, root.ownerOf(from));
  root.setMode(to, stats.mode & 0o7777);
  root.remove(from);
};

const MOUNT_POINTS: readonly (readonly [name: string, mode: number])[] = [
  ["/boot", 0o755],
  ["/dev", 0o755],
  ["/efi", 0o755],
  ["/proc", 0o555],
  ["/run", 0o755],
  ["/sys", 0o555],
  ["/tmp", 0o1777],
];

/** Directories for other file systems, empty: what is in them would never be seen. */
export const emptyMountPoints = (root: RootDirectory): void => {
  for (const [name, mode] of MOUNT_POINTS) emptyDirectory(root, root.resolve(name), mode);
};

export const emptyDirectory = (root: RootDirectory, path: InRoot, mode: number): void => {
  if (root.lstat(path)?.isDirectory() === true) {
    for (const entry of root.list(path)) root.remove(childOf(path, entry));
    root.setOwner(path, { uid: 0, gid: 0 });
    root.setMode(path, mode);
  } else {
    root.remove(path);
    root.makeDirectory(path, mode);
  }
};
