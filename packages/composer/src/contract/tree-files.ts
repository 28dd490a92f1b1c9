/** Files of fixed contents that the contract puts into a tree. */
import { type InRoot, parentOf } from "../bake/in-root-path.ts";
import type { RootDirectory } from "../bake/root-directory.ts";
import { forceLink, moveInto } from "./links.ts";
import { DPKG_HOME, DPKG_IN_IMAGE, DPKG_LINK, isDpkgLeftover } from "./package-database.ts";
import { SYSTEM_PRESET, USER_PRESET } from "./presets.ts";
import { walk } from "./walk.ts";

export const writeTreeFile = (
  root: RootDirectory,
  name: string,
  text: string,
  mode = 0o644,
): void => {
  const path = root.resolve(name);
  root.makeDirectories(parentOf(path));
  if (root.lstat(path)?.isFile() !== true) root.remove(path);
  root.replaceFile(path, text, mode);
  root.setOwner(path, { uid: 0, gid: 0 });
};

/** Empty, so that systemd makes one on the node; there, so that it has a place on a read-only root. */
export const emptyMachineId = (root: RootDirectory): void =>
  writeTreeFile(root, "/etc/machine-id", "", 0o444);

/**
 * All files of an image have one time, so this one is as old as `/usr`, and ConditionNeedsUpdate=/etc is false: what
 * would be regenerated from `/usr` on a first boot is in the image already.
 */
export const markEtcUpdated = (root: RootDirectory): void =>
  writeTreeFile(root, "/etc/.updated", "");

export const writePresets = (root: RootDirectory): void => {
  writeTreeFile(root, "/usr/lib/systemd/system-preset/80-slipway.preset", SYSTEM_PRESET);
  writeTreeFile(root, "/usr/lib/systemd/user-preset/80-slipway.preset", USER_PRESET);
};

/** Links whose targets the running system provides. */
export const makeRuntimeLinks = (root: RootDirectory): void => {
  forceLink(root, "/etc/mtab", "../proc/self/mounts");
  const resolved = root.resolve("/usr/lib/systemd/systemd-resolved", "follow");
  if (root.lstat(resolved) !== undefined) {
    forceLink(root, "/etc/resolv.conf", "../run/systemd/resolve/stub-resolv.conf");
  }
};

/** Moves the package database into the image, where it belongs, and leaves a link. */
export const movePackageDatabase = (root: RootDirectory): void => {
  const from = root.resolve(DPKG_HOME);
  if (root.lstat(from)?.isDirectory() !== true) return;
  const to = root.resolve(DPKG_IN_IMAGE);
  root.makeDirectories(parentOf(to));
  moveInto(root, from, to);
  const leftovers: InRoot[] = [];
  walk(root, to, ({ path }) => {
    if (!isDpkgLeftover(path.slice(to.length + 1))) return undefined;
    leftovers.push(path);
    return "leave";
  });
  for (const path of leftovers) root.remove(path);
  forceLink(root, DPKG_HOME, DPKG_LINK);
};
