/** Home directories and the keys in them. */
import { constants } from "node:fs";
import type { HomeEffect } from "../accounts/account-state.ts";
import { separate } from "./contents.ts";
import { childOf, type InRoot, parentOf } from "./in-root-path.ts";
import type { FileOwner } from "./ownership.ts";
import type { RootDirectory } from "./root-directory.ts";
import { TreeError } from "./tree-error.ts";

/** Does what an edited account asks for. @throws TreeError when the tree stands against it. */
export const applyHomeEffect = (root: RootDirectory, effect: HomeEffect): void => {
  switch (effect.kind) {
    case "create":
      return createHome(root, effect);
    case "move":
      return moveHome(root, effect.from, effect.to);
    case "give":
      return giveHome(root, root.resolve(effect.path, "follow"), effect);
    case "remove":
      return removeHome(root, effect.path, effect.uid);
  }
};

type Effect<K extends HomeEffect["kind"]> = Extract<HomeEffect, { readonly kind: K }>;

const createHome = (root: RootDirectory, effect: Effect<"create">): void => {
  const home = root.resolve(effect.path, "follow");
  if (root.lstat(home) !== undefined) return;
  const owner = { uid: effect.uid, gid: effect.gid };
  root.makeDirectories(parentOf(home));
  root.makeDirectory(home, effect.mode);
  root.setOwner(home, owner);
  const skeleton = root.resolve(effect.skeleton, "follow");
  if (root.lstat(skeleton)?.isDirectory() === true) copyInto(root, skeleton, home, owner);
};

/** Copies what is in a directory; all of it belongs to one owner afterwards. */
const copyInto = (root: RootDirectory, from: InRoot, to: InRoot, owner: FileOwner): void => {
  for (const name of root.list(from)) {
    const source = childOf(from, name);
    const target = childOf(to, name);
    const stats = root.lstat(source);
    if (stats?.isDirectory() === true) {
      root.makeDirectory(target, stats.mode & 0o7777);
      copyInto(root, source, target, owner);
    } else if (stats?.isSymbolicLink() === true) {
      root.symlink(root.readlink(source), target);
    } else if (stats?.isFile() === true) {
      root.copyFile(source, target);
    } else continue;
    root.setOwner(target, owner);
    if (stats.isFile()) root.setMode(target, stats.mode & 0o7777);
  }
};

const moveHome = (root: RootDirectory, before: string, after: string): void => {
  const from = root.resolve(before, "follow");
  const to = root.resolve(after);
  if (root.lstat(from)?.isDirectory() !== true) return;
  if (root.lstat(to) !== undefined)
    throw new TreeError("the new home directory exists already", to);
  if (from === "/") throw new TreeError("the root directory cannot be moved", from);
  root.makeDirectories(parentOf(to));
  root.rename(from, to);
};

const giveHome = (root: RootDirectory, path: InRoot, effect: Effect<"give">): void => {
  const stats = root.lstat(path);
  if (stats === undefined || path === "/") return;
  const { uid, gid } = root.ownerOf(path);
  const next = {
    uid: uid === effect.uid.from ? effect.uid.to : uid,
    gid: gid === effect.gid.from ? effect.gid.to : gid,
  };
  if (next.uid !== uid || next.gid !== gid) {
    separate(root, path);
    root.setOwner(path, next);
  }
  if (!stats.isDirectory()) return;
  for (const name of root.list(path)) giveHome(root, childOf(path, name), effect);
};

const removeHome = (root: RootDirectory, path: string, uid: number): void => {
  const home = root.resolve(path);
  const stats = root.lstat(home);
  if (stats === undefined) return;
  if (home === "/" || root.ownerOf(home).uid !== uid) {
    throw new TreeError(
      "the home directory does not belong to the user, so it is not removed",
      home,
    );
  }
  root.remove(home);
};

/** Which file below the home directory takes the keys: Ignition's own fragment, or the one that sshd reads by default. */
export type KeysFile = ".ssh/authorized_keys.d/ignition" | ".ssh/authorized_keys";

/**
 * Writes keys as the user would: into directories that the user may write to, owned by the user.
 * @throws TreeError when there is no such home, or it is closed to the user.
 */
export const writeAuthorizedKeys = (
  root: RootDirectory,
  user: { readonly home: string; readonly uid: number; readonly gid: number },
  keys: readonly string[],
  file: KeysFile,
): void => {
  const path = root.resolve(`${user.home}/${file}`);
  makeOwnDirectories(root, parentOf(path), user);
  const text = keys.join("\n");
  root.replaceFile(path, text.endsWith("\n") ? text : `${text}\n`, 0o600);
  root.setOwner(path, { uid: user.uid, gid: user.gid });
};

const makeOwnDirectories = (root: RootDirectory, path: InRoot, user: FileOwner): void => {
  const stats = root.lstat(path);
  if (stats === undefined && path !== "/") {
    makeOwnDirectories(root, parentOf(path), user);
    root.makeDirectory(path, 0o700);
    root.setOwner(path, { uid: user.uid, gid: user.gid });
    return;
  }
  if (stats?.isDirectory() !== true) throw new TreeError("is no directory", path);
  if (!mayWrite(root, path, stats.mode, user)) {
    throw new TreeError(`user id ${user.uid} may not write there`, path);
  }
};

const mayWrite = (root: RootDirectory, path: InRoot, mode: number, user: FileOwner): boolean => {
  if (user.uid === 0) return true;
  const { uid, gid } = root.ownerOf(path);
  if (uid === user.uid) return (mode & WRITE_AND_SEARCH) === WRITE_AND_SEARCH;
  const bits = gid === user.gid ? WRITE_AND_SEARCH >> 3 : WRITE_AND_SEARCH >> 6;
  return (mode & bits) === bits;
};

const WRITE_AND_SEARCH = constants.S_IWUSR | constants.S_IXUSR;
