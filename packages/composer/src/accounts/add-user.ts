/** New users, as useradd(8) makes them. */
import type { User } from "@slipway/ignition-config";
import {
  type AccountRules,
  type AccountState,
  type Edited,
  edited,
  given,
  type HomeEffect,
  refused,
  without,
} from "./account-state.ts";
import { NO_PASSWORD } from "./canonical.ts";
import { groupIdFor, withGroup } from "./edit-groups.ts";
import { freeId, userIdRange } from "./free-id.ts";
import { isAccountName, parseId } from "./lines.ts";
import { findGroup, memberships, noSuchGroup, withMember } from "./membership.ts";
import type { PasswdEntry } from "./passwd.ts";
import { accountNamed } from "./pins.ts";
import { plainShadow, type ShadowEntry } from "./shadow.ts";
import { withSubordinateIds } from "./subordinate-ids.ts";

export const addUser = (state: AccountState, item: User, rules: AccountRules): Edited => {
  const { name } = item;
  const { defaults } = rules;
  if (!isAccountName(name)) return refused(`${JSON.stringify(name)} is no user name`);
  const isSystem = item.system === true;
  const uid = userIdFor(state, rules, name, { isSystem, explicit: item.uid });
  if (typeof uid === "string") return refused(uid);

  const missing = item.groups.find((group) => findGroup(state.databases, group) === undefined);
  if (missing !== undefined) return refused(noSuchGroup(missing, name));

  const primary = primaryGroup(state, item, rules, { uid, isSystem });
  if (typeof primary === "string") return refused(primary);
  const { gid } = primary;

  const home = given(item.homeDir) ?? `${defaults.homeBase}/${name}`;
  const user: PasswdEntry = {
    ...{ name, password: "x", uid, gid, home },
    gecos: item.gecos ?? "",
    shell: given(item.shell) ?? defaults.shell,
  };
  const password = given(item.passwordHash) ?? NO_PASSWORD;
  const effects: readonly HomeEffect[] =
    item.noCreateHome === true
      ? []
      : [
          {
            ...{ kind: "create", path: home, mode: defaults.homeMode },
            ...{ skeleton: defaults.skeleton, uid, gid },
          },
        ];
  const added = withUser(primary.state, user, newShadow(name, password, isSystem, rules));
  const joined = {
    ...added,
    databases: withMember(added.databases, name, memberships(added.databases, item)),
  };
  return edited(withSubordinates(joined, user, isSystem, rules), effects);
};

const withUser = (state: AccountState, user: PasswdEntry, shadow: ShadowEntry): AccountState => {
  const { databases } = state;
  const isShadowed = databases.shadow !== undefined;
  return {
    ...state,
    databases: {
      ...databases,
      passwd: [...databases.passwd, { ...user, password: isShadowed ? "x" : shadow.password }],
      shadow:
        databases.shadow === undefined
          ? undefined
          : // A left-over line of a user who is gone would shadow the new one.
            [...without(databases.shadow, user.name), shadow],
    },
  };
};

/** Passwords age as login.defs says; the day they were set is left out, it would be the day of the build. */
const newShadow = (
  name: string,
  password: string,
  isSystem: boolean,
  { defaults }: AccountRules,
): ShadowEntry =>
  isSystem
    ? plainShadow(name, password)
    : {
        ...plainShadow(name, password),
        minimum: defaults.passwordMinimumDays,
        maximum: defaults.passwordMaximumDays,
        warning: defaults.passwordWarningDays,
        inactive: defaults.passwordInactiveDays,
      };

const userIdFor = (
  { databases }: AccountState,
  { defaults, pins }: AccountRules,
  name: string,
  wish: { readonly isSystem: boolean; readonly explicit: number | undefined },
): number | string => {
  const inUse = new Map(databases.passwd.map((user) => [user.uid, user.name] as const));
  const fixed = wish.explicit ?? accountNamed(pins.users, name)?.uid;
  if (fixed !== undefined) {
    const owner = inUse.get(fixed);
    return owner === undefined ? fixed : `user id ${fixed} for ${name} belongs to user ${owner}`;
  }
  const taken = new Set([...inUse.keys(), ...Object.values(pins.users).map(({ uid }) => uid)]);
  return (
    freeId({ taken, ...userIdRange(defaults, wish.isSystem) }) ??
    `there is no free user id left for ${name}`
  );
};

/** The group that is given, the user's own new one, or the common one; with the state that holds it. */
const primaryGroup = (
  state: AccountState,
  item: User,
  rules: AccountRules,
  { uid, isSystem }: { readonly uid: number; readonly isSystem: boolean },
): { readonly state: AccountState; readonly gid: number } | string => {
  const { databases } = state;
  const wanted = given(item.primaryGroup);
  if (wanted !== undefined) {
    const group = findGroup(databases, wanted);
    return group === undefined ? noSuchGroup(wanted, item.name) : { state, gid: group.gid };
  }
  if (item.noUserGroup === true || !rules.defaults.userGroups) {
    const common = findGroup(databases, rules.defaults.group);
    // The number in the defaults is used even where no group has it.
    const gid = common?.gid ?? parseId(rules.defaults.group);
    return gid === undefined ? noSuchGroup(rules.defaults.group, item.name) : { state, gid };
  }
  if (databases.group.some(({ name }) => name === item.name)) {
    return `user ${item.name} cannot have its own group: there is a group of that name already; set primary_group to use it`;
  }
  const gid = groupIdFor(state, rules, item.name, { isSystem, preferred: uid });
  return typeof gid === "string"
    ? gid
    : { state: withGroup(state, item.name, gid, undefined), gid };
};

const withSubordinates = (
  state: AccountState,
  { name, uid }: PasswdEntry,
  isSystem: boolean,
  { defaults }: AccountRules,
): AccountState => {
  if (isSystem || uid < defaults.userIds.first || uid > defaults.userIds.last) return state;
  const { subordinateUsers, subordinateGroups } = state;
  return {
    ...state,
    subordinateUsers:
      subordinateUsers && withSubordinateIds(subordinateUsers, name, defaults.subordinateUsers),
    subordinateGroups:
      subordinateGroups && withSubordinateIds(subordinateGroups, name, defaults.subordinateGroups),
  };
};
