/**
 * Ids that an image has given away. The lock keeps them: a node's files carry numbers, so a name must mean the same
 * number in every later release, and a number is never given to another name.
 */
import { canonicalDatabases, compareText, LOCKED_PASSWORD, NO_PASSWORD } from "./canonical.ts";
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
/** Debian's static ids at the upper end: nobody and nogroup. */
const FIRST_STATIC_HIGH_ID = 60_000;

const isOrdinary = (id: number): boolean => id >= FIRST_ORDINARY_ID && id < FIRST_STATIC_HIGH_ID;

/**
 * The four files to put into an empty root before anything is unpacked: maintainer scripts then find the accounts with
 * the ids that they had, and find taken what is taken. A config's system accounts stand in for themselves until the
 * config is baked; its ordinary ones are out of the scripts' reach and left out, so that a new user in a config does
 * not make the packages' tree another one.
 */
export const pinnedDatabases = (pins: Accounts): Required<DatabaseTexts> => {
  const users = Object.entries(pins.users).filter(
    ([, { uid, config }]) => config !== true || !isOrdinary(uid),
  );
  const groups = Object.entries(pins.groups).filter(
    ([, { gid, config }]) => config !== true || !isOrdinary(gid),
  );
  const fromPackages = new Set(
    users.filter(([, { config }]) => config !== true).map(([name]) => name),
  );
  const texts = formatDatabases(
    canonicalDatabases({
      passwd: users.map(([name, { uid, gid, gecos, home, shell }]) => ({
        ...{ name, password: "x", uid, gid, gecos, home, shell },
      })),
      shadow: users.map(([name, { expired }]) => ({
        ...plainShadow(name, name === "root" ? NO_PASSWORD : LOCKED_PASSWORD),
        expire: expired === true ? 1 : undefined,
      })),
      group: groups.map(([name, { gid, members }]) => ({
        ...{ name, password: "x", gid },
        members: members.filter((member) => fromPackages.has(member)),
      })),
      gshadow: undefined,
    }),
  );
  const { passwd = "", group = "", shadow = "", gshadow = "" } = texts;
  return { passwd, group, shadow, gshadow };
};

/** Takes out what `pinnedDatabases` put in for accounts that the config is about to make anew. */
export const withoutPlaceholders = (
  databases: Databases,
  pins: Accounts,
  about: { readonly users: readonly string[]; readonly groups: readonly string[] },
): Databases => {
  const users = new Set(
    about.users.filter((name) => {
      const pin = accountNamed(pins.users, name);
      return (
        pin?.config === true &&
        databases.passwd.some((entry) => entry.name === name && entry.uid === pin.uid)
      );
    }),
  );
  const groups = new Set(
    about.groups.filter((name) => {
      const pin = accountNamed(pins.groups, name);
      return (
        pin?.config === true &&
        databases.group.some((entry) => entry.name === name && entry.gid === pin.gid)
      );
    }),
  );
  return {
    passwd: databases.passwd.filter(({ name }) => !users.has(name)),
    shadow: databases.shadow?.filter(({ name }) => !users.has(name)),
    group: databases.group.filter(({ name }) => !groups.has(name)),
    gshadow: databases.gshadow?.filter(({ name }) => !groups.has(name)),
  };
};

const byName = <T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> =>
  Object.fromEntries([...entries].sort(([a], [b]) => compareText(a, b)));

export const sortedAccounts = ({ users, groups }: Accounts): Accounts => ({
  users: byName(Object.entries(users)),
  groups: byName(Object.entries(groups)),
});
