/** The account databases of a tree: read before a config's accounts are made, written back when they are. */
import { accountDefaults, type AccountDefaults } from "../accounts/account-defaults.ts";
import type { AccountState } from "../accounts/account-state.ts";
import {
  DATABASE_NAMES,
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

const MODES: Readonly<Record<string, number>> = { shadow: 0o640, gshadow: 0o640 };

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
    // shadow(5) is readable for its own group and nobody else.
    const owner =
      stats === undefined
        ? { uid: 0, gid: MODES[name] === undefined ? 0 : groupId(state, "shadow") }
        : root.ownerOf(path);
    const mode = stats === undefined ? (MODES[name] ?? 0o644) : stats.mode & 0o7777;
    root.replaceFile(path, text, mode);
    root.setOwner(path, owner);
  }
};

const groupId = ({ databases }: AccountState, name: string): number =>
  databases.group.find((group) => group.name === name)?.gid ?? 0;
