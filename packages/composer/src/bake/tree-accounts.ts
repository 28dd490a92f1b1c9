/** The account databases of a tree: read before a config's accounts are made, written back when they are. */
import { accountDefaults, type AccountDefaults } from "../accounts/account-defaults.ts";
import type { AccountState } from "../accounts/account-state.ts";
import {
  DATABASE_NAMES,
  type Databases,
  type DatabaseTexts,
  formatDatabases,
  parseDatabases,
} from "../accounts/databases.ts";
import type { AccountProblem } from "../accounts/lines.ts";
import {
  formatSubordinateIds,
  parseSubordinateIds,
  type SubordinateIds,
} from "../accounts/subordinate-ids.ts";
import { separate } from "./contents.ts";
import type { FileOwner } from "./ownership.ts";
import type { RootDirectory } from "./root-directory.ts";

export interface TreeAccounts {
  readonly state: AccountState;
  readonly defaults: AccountDefaults;
  /** A tree without a database cannot take accounts of its kind. */
  readonly isMissing: { readonly passwd: boolean; readonly group: boolean };
  readonly problems: readonly AccountProblem[];
}

export const readTreeAccounts = (root: RootDirectory): TreeAccounts => {
  const read = (path: string): string | undefined => root.readText(root.resolve(path));
  const texts: DatabaseTexts = Object.fromEntries(
    DATABASE_NAMES.map((name) => [name, read(`/etc/${name}`)] as const),
  );
  const { databases, problems } = parseDatabases(texts);
  const found: AccountProblem[] = [...problems];
  const subordinates = (name: string): readonly SubordinateIds[] | undefined => {
    const text = read(`/etc/${name}`);
    if (text === undefined) return undefined;
    const parsed = parseSubordinateIds(text, `/etc/${name}`);
    found.push(...parsed.problems);
    return parsed.entries;
  };
  return {
    state: {
      databases,
      subordinateUsers: subordinates("subuid"),
      subordinateGroups: subordinates("subgid"),
    },
    defaults: accountDefaults(read("/etc/login.defs") ?? "", read("/etc/default/useradd") ?? ""),
    isMissing: { passwd: texts.passwd === undefined, group: texts.group === undefined },
    problems: found,
  };
};

/** Writes the files whose text changes; each keeps its mode and owner. */
export const writeTreeAccounts = (root: RootDirectory, state: AccountState): void => {
  const { subordinateUsers, subordinateGroups, databases } = state;
  const texts: Readonly<Record<string, string | undefined>> = {
    ...formatDatabases(databases),
    subuid: subordinateUsers && formatSubordinateIds(subordinateUsers),
    subgid: subordinateGroups && formatSubordinateIds(subordinateGroups),
  };
  for (const [name, text] of Object.entries(texts)) {
    const path = root.resolve(`/etc/${name}`);
    const stats = root.lstat(path);
    if (text === undefined || (stats === undefined && text === "")) continue;
    if (root.readText(path) === text) continue;
    const owner = stats === undefined ? ownerOf(name, databases) : root.ownerOf(path);
    root.replaceFile(path, text, stats === undefined ? modeOf(name) : stats.mode & 0o7777);
    root.setOwner(path, owner);
  }
};

/** Gives the files the owners and modes that they must have, whoever made them. */
export const protectTreeAccounts = (root: RootDirectory, databases: Databases): void => {
  for (const name of [...DATABASE_NAMES, "subuid", "subgid"]) {
    const path = root.resolve(`/etc/${name}`);
    if (root.lstat(path) === undefined) continue;
    separate(root, path);
    root.setOwner(path, ownerOf(name, databases));
    root.setMode(path, modeOf(name));
  }
};

const isSecret = (name: string): boolean => name === "shadow" || name === "gshadow";

/** shadow(5): readable for a group of its own and nobody else. */
const modeOf = (name: string): number => (isSecret(name) ? 0o640 : 0o644);

const ownerOf = (name: string, { group }: Databases): FileOwner => ({
  uid: 0,
  gid: isSecret(name) ? (group.find((entry) => entry.name === "shadow")?.gid ?? 0) : 0,
});
