import { cleanPath, joinPaths } from "../go/path.ts";
import type { Minor } from "../schema/table.ts";
import { linkedPaths } from "./linked-paths.ts";
import { MESSAGES } from "./messages.ts";
import { pathProblem } from "./path-rule.ts";
import { isFilled, type Newest, type Rules, type Say } from "./rule.ts";

const MAX_MODE = 0o7777;
const SPECIAL_BITS = 0o7000;

const checkMode = (mode: number | undefined, say: Say, minor: Minor): void => {
  if (mode === undefined) return;
  say.error(["mode"], mode < 0 || mode > MAX_MODE ? MESSAGES.mode : undefined);
  const isIgnored = minor < 6 && (mode & SPECIAL_BITS) !== 0;
  say.warning(["mode"], isIgnored ? MESSAGES.modeSpecialBits : undefined);
};

const checkOwner = ({ id, name }: Newest<"NodeUser">, say: Say): void => {
  say.error([], id !== undefined && isFilled(name) ? MESSAGES.idAndName : undefined);
};

type Storage = Newest<"Storage">;
type Link = Newest<"Link">;

const targetOf = ({ path, target = "" }: Link): string => {
  const cleaned = cleanPath(target);
  if (cleaned.startsWith("/")) return cleaned;
  // Ignition joins a relative target to the link's own path, not to its directory.
  return joinPaths(path, target);
};

const warnOfOwners = ({ user, group }: Link, index: number, say: Say): void => {
  const owners = [
    ["user", "id", user?.id],
    ["user", "name", user?.name],
    ["group", "id", group?.id],
    ["group", "name", group?.name],
  ] as const;
  for (const [owner, field, value] of owners) {
    if (value !== undefined) {
      say.warning(["links", index, owner, field], MESSAGES.hardLinkOwner);
    }
  }
};

const repeat = (times: number, action: () => void): void => {
  for (let time = 0; time < times; time += 1) action();
};

const checkLinks = (storage: Storage, say: Say, minor: Minor): void => {
  const { directories = [], links = [] } = storage;
  const isThroughLink = linkedPaths(links);
  const directoryCounts = new Map<string, number>();
  for (const { path } of directories) {
    directoryCounts.set(path, (directoryCounts.get(path) ?? 0) + 1);
  }
  for (const [index, link] of links.entries()) {
    repeat(isThroughLink(link.path), () => say.error(["links", index], MESSAGES.linkThroughLink));
    if (minor >= 3 && !isFilled(link.target)) {
      say.error(["links", index, "target"], MESSAGES.linkTarget);
    } else if (link.hard === true) {
      repeat(directoryCounts.get(targetOf(link)) ?? 0, () =>
        say.error(["links", index], MESSAGES.hardLinkToDirectory),
      );
      warnOfOwners(link, index, say);
    }
  }
};

const checkFilesystems = ({ disks = [], filesystems = [] }: Storage, say: Say): void => {
  const byDevice = new Map(disks.map((disk) => [disk.device, disk]));
  for (const [index, { device, wipeFilesystem }] of filesystems.entries()) {
    const disk = byDevice.get(device);
    const place = ["filesystems", index, "device"];
    if (disk?.partitions !== undefined && disk.partitions.length > 0) {
      say.warning(place, MESSAGES.filesystemOverPartitions);
    } else if (disk?.wipeTable === true && wipeFilesystem !== true) {
      say.warning(place, MESSAGES.filesystemWiped);
    }
  }
};

const checkStorage = (storage: Storage, say: Say, minor: Minor): void => {
  const { directories = [], files = [], links = [] } = storage;
  const isThroughLink = linkedPaths(links);
  for (const [index, { path }] of directories.entries()) {
    repeat(isThroughLink(path), () =>
      say.error(["directories", index], MESSAGES.directoryThroughLink),
    );
  }
  for (const [index, { path }] of files.entries()) {
    repeat(isThroughLink(path), () => say.error(["files", index], MESSAGES.fileThroughLink));
  }
  checkLinks(storage, say, minor);
  checkFilesystems(storage, say);
};

/** Rules for files, directories and links. */
export const NODE_RULES: Rules = {
  Storage: checkStorage,
  Directory: ({ path, mode }, say, minor) => {
    say.error(["path"], pathProblem(path));
    checkMode(mode, say, minor);
  },
  File: ({ path, mode, overwrite, contents }, say, minor) => {
    say.error(["path"], pathProblem(path));
    checkMode(mode, say, minor);
    const isEmptied = overwrite === true && contents?.source === undefined;
    say.error(["overwrite"], isEmptied ? MESSAGES.overwriteWithoutSource : undefined);
  },
  Link: ({ path }, say) => {
    say.error(["path"], pathProblem(path));
  },
  NodeUser: checkOwner,
  NodeGroup: checkOwner,
};
