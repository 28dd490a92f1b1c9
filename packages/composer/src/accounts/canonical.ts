/** Account databases in the one form that depends on nothing but the accounts: no dates, no order of installation. */
import type { Databases } from "./databases.ts";
import type { GroupEntry } from "./group.ts";
import type { GroupShadowEntry } from "./gshadow.ts";
import type { PasswdEntry } from "./passwd.ts";
import { plainShadow, type ShadowEntry } from "./shadow.ts";

/** No password matches it, and sshd lets keys in (a leading `!` would make it refuse them too). */
export const NO_PASSWORD = "*";
/** Holds an id while packages are unpacked, under a name that no package has. */
export const RESERVED_NAME = "slipway-reserved-";

const isReservedName = (name: string): boolean => name.startsWith(RESERVED_NAME);

/** What systemd-sysusers and adduser write for accounts that nobody logs in to. */
export const LOCKED_PASSWORD = "!*";

/**
 * Sorts by id, then name; keeps all passwords in the shadow files, where every account has exactly one entry; empties
 * the day of a password's last change, which would be the day of the build.
 */
export const canonicalDatabases = (databases: Databases): Databases => {
  const passwd = [...databases.passwd].sort((a, b) => a.uid - b.uid || compareText(a.name, b.name));
  const group = [...databases.group].sort((a, b) => a.gid - b.gid || compareText(a.name, b.name));
  const shadows = firstByName(databases.shadow ?? []);
  const groupShadows = firstByName(databases.gshadow ?? []);
  return {
    passwd: passwd.map((entry) => ({ ...entry, password: "x" })),
    group: group.map((entry) => ({ ...entry, password: "x", members: sortedNames(entry.members) })),
    shadow: passwd.map((entry) => ({
      ...shadowOf(entry, shadows.get(entry.name)),
      lastChange: undefined,
    })),
    gshadow: group.map((entry) => groupShadowOf(entry, groupShadows.get(entry.name))),
  };
};

/**
 * The accounts that packages made, whichever way their scripts make them: without a real password they are locked, and
 * passwords do not age. What only held ids for a config is gone. To be called before a config adds its own.
 */
export const settledPackageAccounts = (databases: Databases): Databases => {
  const canonical = canonicalDatabases({
    ...databases,
    passwd: databases.passwd.filter(({ name }) => !isReservedName(name)),
    group: databases.group.filter(({ name }) => !isReservedName(name)),
  });
  return {
    ...canonical,
    shadow: canonical.shadow?.map((entry) => ({
      ...plainShadow(entry.name, settledPassword(entry.password, entry.name === "root")),
      expire: entry.expire,
    })),
    gshadow: canonical.gshadow?.map((entry) => ({
      ...entry,
      password: settledPassword(entry.password, false),
    })),
  };
};

const settledPassword = (password: string, mayUseKeys: boolean): string => {
  if (isPasswordHash(password)) return password;
  return mayUseKeys ? NO_PASSWORD : LOCKED_PASSWORD;
};

/** Whether a field holds a password rather than one of the marks for "none" or the dangerous "any". */
export const isPasswordHash = (password: string): boolean =>
  password !== "" && password !== "x" && !password.startsWith("!") && !password.startsWith("*");

/** A password in passwd itself is the one that counts, as pwconv(8) knows. */
const shadowOf = ({ name, password }: PasswdEntry, known: ShadowEntry | undefined): ShadowEntry => {
  if (password !== "x") return { ...(known ?? plainShadow(name, password)), password };
  return known ?? plainShadow(name, LOCKED_PASSWORD);
};

const groupShadowOf = (
  { name, password, members }: GroupEntry,
  known: GroupShadowEntry | undefined,
): GroupShadowEntry => ({
  name,
  password: password === "x" ? (known?.password ?? LOCKED_PASSWORD) : password,
  administrators: sortedNames(known?.administrators ?? []),
  // group(5) decides who is a member; the copy in gshadow only ever lags behind.
  members: sortedNames(members),
});

const firstByName = <T extends { readonly name: string }>(
  entries: readonly T[],
): ReadonlyMap<string, T> =>
  new Map(entries.toReversed().map((entry) => [entry.name, entry] as const));

const sortedNames = (names: readonly string[]): readonly string[] =>
  [...new Set(names)].sort(compareText);

export const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
