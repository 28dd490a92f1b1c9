/** Groups as groupadd(8), groupmod(8) and groupdel(8) make, change and remove them. */
import type { Group } from "@slipway/ignition-config";
import {
  type AccountRules,
  type AccountState,
  type Edited,
  edited,
  given,
  refused,
  replaced,
  without,
} from "./account-state.ts";
import { freeId, groupIdRange } from "./free-id.ts";
import type { GroupEntry } from "./group.ts";
import { isAccountName, isFieldText } from "./lines.ts";
import { accountNamed } from "./pins.ts";

/** Makes, changes or removes a group, as the item says. */
export const ensureGroup = (state: AccountState, item: Group, rules: AccountRules): Edited => {
  const present = state.databases.group.find(({ name }) => name === item.name);
  if (item.shouldExist === false) {
    return present === undefined ? edited(state) : deleteGroup(state, present);
  }
  if (item.passwordHash !== undefined && !isFieldText(item.passwordHash)) {
    return refused(`the password hash of group ${item.name} has a colon or a line break in it`);
  }
  return present === undefined ? addGroup(state, item, rules) : modifyGroup(state, present, item);
};

const addGroup = (state: AccountState, item: Group, rules: AccountRules): Edited => {
  if (!isAccountName(item.name)) return refused(`${JSON.stringify(item.name)} is no group name`);
  const gid = groupIdFor(state, rules, item.name, {
    isSystem: item.system === true,
    explicit: item.gid,
  });
  if (typeof gid === "string") return refused(gid);
  return edited(withGroup(state, item.name, gid, item.passwordHash));
};

/** Appends a group; without a password it has none that anyone could type. */
export const withGroup = (
  state: AccountState,
  name: string,
  gid: number,
  passwordHash: string | undefined,
): AccountState => {
  const { databases } = state;
  const password = given(passwordHash) ?? "!";
  return {
    ...state,
    databases: {
      ...databases,
      group: [
        ...databases.group,
        { name, password: databases.gshadow === undefined ? password : "x", gid, members: [] },
      ],
      // A left-over line of a group that is gone would shadow the new one.
      gshadow:
        databases.gshadow === undefined
          ? undefined
          : [
              ...without(databases.gshadow, name),
              { name, password, administrators: [], members: [] },
            ],
    },
  };
};

/** The id for a new group, or why there is none. A pinned name keeps its id; nobody else gets it. */
export const groupIdFor = (
  { databases }: AccountState,
  { defaults, pins }: AccountRules,
  name: string,
  wish: {
    readonly isSystem: boolean;
    readonly explicit?: number | undefined;
    readonly preferred?: number | undefined;
  },
): number | string => {
  const inUse = new Map(databases.group.map((group) => [group.gid, group.name] as const));
  const fixed = wish.explicit ?? accountNamed(pins.groups, name)?.gid;
  if (fixed !== undefined) {
    const owner = inUse.get(fixed);
    return owner === undefined ? fixed : `group id ${fixed} for ${name} belongs to group ${owner}`;
  }
  const taken = new Set([...inUse.keys(), ...Object.values(pins.groups).map(({ gid }) => gid)]);
  const found = freeId({
    taken,
    preferred: wish.preferred,
    ...groupIdRange(defaults, wish.isSystem),
  });
  return found ?? `there is no free group id left for ${name}`;
};

const modifyGroup = (state: AccountState, present: GroupEntry, item: Group): Edited => {
  const { databases } = state;
  const { name } = present;
  const gid = item.gid ?? present.gid;
  const owner = databases.group.find((group) => group.gid === gid && group.name !== name);
  if (gid !== present.gid && owner !== undefined) {
    return refused(`group id ${gid} for ${name} belongs to group ${owner.name}`);
  }
  const password = given(item.passwordHash);
  const shadowed = databases.gshadow !== undefined;
  const gshadow =
    databases.gshadow === undefined || password === undefined
      ? databases.gshadow
      : [
          ...without(databases.gshadow, name),
          {
            ...(databases.gshadow.find((entry) => entry.name === name) ?? {
              ...{ name, administrators: [], members: present.members },
            }),
            password,
          },
        ];
  return edited({
    ...state,
    databases: {
      ...databases,
      // Users follow the group to its new id.
      passwd:
        gid === present.gid
          ? databases.passwd
          : databases.passwd.map((user) => (user.gid === present.gid ? { ...user, gid } : user)),
      group: replaced(databases.group, name, (entry) => ({
        ...entry,
        gid,
        password: password === undefined ? entry.password : shadowed ? "x" : password,
      })),
      gshadow,
    },
  });
};

const deleteGroup = (state: AccountState, { name, gid }: GroupEntry): Edited => {
  const { databases } = state;
  const user = databases.passwd.find((entry) => entry.gid === gid);
  if (user !== undefined) {
    return refused(
      `group ${name} is the primary group of user ${user.name} and cannot be removed`,
      `remove the user, or give it another primary_group, before the group goes`,
    );
  }
  return edited({
    ...state,
    databases: {
      ...databases,
      group: without(databases.group, name),
      gshadow: databases.gshadow === undefined ? undefined : without(databases.gshadow, name),
    },
  });
};
