/** Which users and groups differ between two roots. Pure. */
import type { Databases } from "../accounts/databases.ts";
import type { GroupEntry } from "../accounts/group.ts";
import type { PasswdEntry } from "../accounts/passwd.ts";
import { multisetDifference } from "@slipway/release";
import { type Change, compareTexts } from "./order.ts";

export interface UserFacts {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export interface UserChange {
  readonly name: string;
  readonly uid?: Change<number>;
  readonly gid?: Change<number>;
  readonly home?: Change<string>;
  readonly shell?: Change<string>;
  readonly gecos?: Change<string>;
  /** What it was and is stays where it is. */
  readonly isPasswordChanged: boolean;
}

export interface GroupFacts {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

export interface GroupChange {
  readonly name: string;
  readonly gid?: Change<number>;
  readonly members: { readonly added: readonly string[]; readonly removed: readonly string[] };
}

interface ListDiff<Facts, Changed> {
  readonly added: readonly Facts[];
  readonly removed: readonly Facts[];
  readonly changed: readonly Changed[];
}

/** Lists ordered by name. */
export interface AccountDiff {
  readonly users: ListDiff<UserFacts, UserChange>;
  readonly groups: ListDiff<GroupFacts, GroupChange>;
}

export const compareAccounts = (before: Databases, after: Databases): AccountDiff => ({
  users: compareLists(before.passwd, after.passwd, userFacts, (old, now) =>
    userChange(old, now, shadowOf(before, old.name) !== shadowOf(after, now.name)),
  ),
  groups: compareLists(before.group, after.group, groupFacts, groupChange),
});

const compareLists = <Entry extends { readonly name: string }, Facts, Changed>(
  before: readonly Entry[],
  after: readonly Entry[],
  factsOf: (entry: Entry) => Facts,
  changeOf: (before: Entry, after: Entry) => Changed | undefined,
): ListDiff<Facts, Changed> => {
  const [old, now] = [byName(before), byName(after)];
  return {
    added: [...now.values()].filter(({ name }) => !old.has(name)).map(factsOf),
    removed: [...old.values()].filter(({ name }) => !now.has(name)).map(factsOf),
    changed: [...now.values()].flatMap((entry) => {
      const other = old.get(entry.name);
      const change = other === undefined ? undefined : changeOf(other, entry);
      return change === undefined ? [] : [change];
    }),
  };
};

const byName = <T extends { readonly name: string }>(
  entries: readonly T[],
): ReadonlyMap<string, T> =>
  new Map(
    entries
      .toSorted((a, b) => compareTexts(a.name, b.name))
      .map((entry) => [entry.name, entry] as const),
  );

const userFacts = ({ name, uid, gid, home, shell }: PasswdEntry): UserFacts => ({
  name,
  uid,
  gid,
  home,
  shell,
});

const groupFacts = ({ name, gid, members }: GroupEntry): GroupFacts => ({ name, gid, members });

const userChange = (
  before: PasswdEntry,
  after: PasswdEntry,
  isShadowPasswordChanged: boolean,
): UserChange | undefined => {
  const fields = {
    ...(before.uid === after.uid ? {} : { uid: { before: before.uid, after: after.uid } }),
    ...(before.gid === after.gid ? {} : { gid: { before: before.gid, after: after.gid } }),
    ...(before.home === after.home ? {} : { home: { before: before.home, after: after.home } }),
    ...(before.shell === after.shell
      ? {}
      : { shell: { before: before.shell, after: after.shell } }),
    ...(before.gecos === after.gecos
      ? {}
      : { gecos: { before: before.gecos, after: after.gecos } }),
  };
  const isPasswordChanged = isShadowPasswordChanged || before.password !== after.password;
  return Object.keys(fields).length === 0 && !isPasswordChanged
    ? undefined
    : { name: after.name, ...fields, isPasswordChanged };
};

const groupChange = (before: GroupEntry, after: GroupEntry): GroupChange | undefined => {
  const members = multisetDifference(before.members, after.members);
  const gid = before.gid === after.gid ? {} : { gid: { before: before.gid, after: after.gid } };
  return before.gid === after.gid && members.added.length + members.removed.length === 0
    ? undefined
    : { name: after.name, ...gid, members };
};

/** A user's password in shadow(5), to be compared and never shown. How it ages is told by the file having changed. */
const shadowOf = ({ shadow }: Databases, name: string): string | undefined =>
  shadow?.find((entry) => entry.name === name)?.password;
