/**
 * Ids that an image has given away. The lock keeps them: a node's files carry numbers, so a name must mean the same
 * number in every later release, and a number is never given to another name.
 */
import {
  canonicalDatabases,
  compareText,
  LOCKED_PASSWORD,
  NO_PASSWORD,
  RESERVED_NAME,
} from "./canonical.ts";
import { type Databases, type DatabaseTexts, formatDatabases } from "./databases.ts";
import { plainShadow } from "./shadow.ts";

export interface AccountUser {
  readonly uid: number;
  readonly gid: number;
  readonly gecos: string;
  readonly home: string;
  readonly shell: string;
  /** The account is expired for good, as systemd-sysusers marks accounts that no one may enter. */
  readonly expired?: true;
  /** Made by the image's config, not by a package. */
  readonly config?: true;
}

export interface AccountGroup {
  readonly gid: number;
  readonly members: readonly string[];
  /** Made by the image's config, not by a package. */
  readonly config?: true;
}

/** All accounts by name, names in order. */
export interface Accounts {
  readonly users: Readonly<Record<string, AccountUser>>;
  readonly groups: Readonly<Record<string, AccountGroup>>;
}

export const NO_ACCOUNTS: Accounts = { users: {}, groups: {} };

/** The entry of a name, whatever the name is ("constructor" is a legal one). */
export const accountNamed = <T>(
  accounts: Readonly<Record<string, T>>,
  name: string,
): T | undefined => (Object.hasOwn(accounts, name) ? accounts[name] : undefined);

/** The accounts of a tree. `fromConfig` are the names that the config made there. */
export const accountsOf = (
  databases: Databases,
  fromConfig: { readonly users: readonly string[]; readonly groups: readonly string[] } = {
    users: [],
    groups: [],
  },
): Accounts => {
  const { passwd, group, shadow } = canonicalDatabases(databases);
  const expired = new Set(
    shadow?.filter(({ expire }) => expire !== undefined && expire <= 1).map(({ name }) => name),
  );
  const configUsers = new Set(fromConfig.users);
  const configGroups = new Set(fromConfig.groups);
  return {
    users: byName(
      passwd.map(({ name, uid, gid, gecos, home, shell }) => [
        name,
        {
          ...{ uid, gid, gecos, home, shell },
          ...(expired.has(name) ? { expired: true } : {}),
          ...(configUsers.has(name) ? { config: true } : {}),
        },
      ]),
    ),
    groups: byName(
      group.map(({ name, gid, members }) => [
        name,
        { gid, members, ...(configGroups.has(name) ? { config: true } : {}) },
      ]),
    ),
  };
};

/** Ids from here up are given by config alone (login.defs: UID_MIN), so no maintainer script can take one of them. */
const FIRST_ORDINARY_ID = 1000;

/**
 * The four files to put into an empty root before anything is unpacked: maintainer scripts then find the accounts with
 * the ids that they had. A config's own accounts are made when it is baked; here their ids are only held, and those out
 * of the scripts' reach not even that, so that a new user in a config does not make the packages' tree another one.
 */
export const pinnedDatabases = (pins: Accounts): Required<DatabaseTexts> => {
  const isHeld = (id: number, config: true | undefined): boolean =>
    config === true && id < FIRST_ORDINARY_ID;
  const users = Object.entries(pins.users).flatMap(([name, user]) => {
    if (user.config !== true) return [[name, user] as const];
    return isHeld(user.uid, user.config)
      ? [[`${RESERVED_NAME}${user.uid}`, holderOf(user)] as const]
      : [];
  });
  const groups = Object.entries(pins.groups).flatMap(([name, { gid, members, config }]) => {
    if (config !== true) return [{ name, gid, members }];
    return isHeld(gid, config) ? [{ name: `${RESERVED_NAME}${gid}`, gid, members: [] }] : [];
  });
  const fromPackages = new Set(users.map(([name]) => name));
  const texts = formatDatabases(
    canonicalDatabases({
      passwd: users.map(([name, { uid, gid, gecos, home, shell }]) => ({
        ...{ name, password: "x", uid, gid, gecos, home, shell },
      })),
      shadow: users.map(([name, { expired }]) => ({
        ...plainShadow(name, name === "root" ? NO_PASSWORD : LOCKED_PASSWORD),
        expire: expired === true ? 1 : undefined,
      })),
      group: groups.map(({ name, gid, members }) => ({
        ...{ name, password: "x", gid },
        members: members.filter((member) => fromPackages.has(member)),
      })),
      gshadow: undefined,
    }),
  );
  const { passwd = "", group = "", shadow = "", gshadow = "" } = texts;
  return { passwd, group, shadow, gshadow };
};

const holderOf = ({ uid }: AccountUser): AccountUser => ({
  ...{ uid, gid: NO_GROUP, gecos: "", home: "/nonexistent", shell: "/usr/sbin/nologin" },
});

/** Debian's nogroup. */
const NO_GROUP = 65_534;

const byName = <T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> =>
  Object.fromEntries([...entries].sort(([a], [b]) => compareText(a, b)));

export const sortedAccounts = ({ users, groups }: Accounts): Accounts => ({
  users: byName(Object.entries(users)),
  groups: byName(Object.entries(groups)),
});
