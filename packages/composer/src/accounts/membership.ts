/** Who is in which group. */
import type { User } from "@slipway/ignition-config";
import type { Databases } from "./databases.ts";
import type { GroupEntry } from "./group.ts";
import { parseId } from "./lines.ts";

/** A group by name or number. */
export const findGroup = (databases: Databases, nameOrId: string): GroupEntry | undefined => {
  const gid = parseId(nameOrId);
  return databases.group.find((group) =>
    gid === undefined ? group.name === nameOrId : group.gid === gid,
  );
};

export const noSuchGroup = (group: string, user: string): string =>
  `group ${JSON.stringify(group)} of user ${user} does not exist`;

/** The names of the groups that the item lists by name or number. */
export const memberships = (databases: Databases, item: User): ReadonlySet<string> =>
  new Set(item.groups.flatMap((group) => findGroup(databases, group)?.name ?? []));

/** Makes the user a member of exactly these groups, in both files. */
export const withMembershipsOnly = (
  databases: Databases,
  user: string,
  groups: ReadonlySet<string>,
): Databases => {
  const leave = <T extends { readonly name: string; readonly members: readonly string[] }>(
    entry: T,
  ): T =>
    !groups.has(entry.name) && entry.members.includes(user)
      ? { ...entry, members: entry.members.filter((member) => member !== user) }
      : entry;
  return withMember(
    {
      ...databases,
      group: databases.group.map(leave),
      gshadow: databases.gshadow?.map(leave),
    },
    user,
    groups,
  );
};

/** Adds the user to groups it is not in yet, in both files; gshadow only where it knows the group. */
export const withMember = (
  databases: Databases,
  user: string,
  groups: ReadonlySet<string>,
): Databases => {
  const join = <T extends { readonly name: string; readonly members: readonly string[] }>(
    entry: T,
  ): T =>
    groups.has(entry.name) && !entry.members.includes(user)
      ? { ...entry, members: [...entry.members, user] }
      : entry;
  return {
    ...databases,
    group: databases.group.map(join),
    gshadow: databases.gshadow?.map(join),
  };
};
