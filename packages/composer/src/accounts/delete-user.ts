/** Users that go, as userdel(8) with --remove has them go. */
import {
  type AccountRules,
  type AccountState,
  type Edited,
  edited,
  without,
} from "./account-state.ts";
import type { PasswdEntry } from "./passwd.ts";

export const deleteUser = (
  state: AccountState,
  { name, uid, gid, home }: PasswdEntry,
  { defaults }: AccountRules,
): Edited => {
  const { databases } = state;
  const leave = <T extends { readonly members: readonly string[] }>(entry: T): T =>
    entry.members.includes(name)
      ? { ...entry, members: entry.members.filter((member) => member !== name) }
      : entry;
  const passwd = without(databases.passwd, name);
  const group = databases.group.map(leave);
  const gshadow = databases.gshadow
    ?.map(leave)
    .map((entry) =>
      entry.administrators.includes(name)
        ? { ...entry, administrators: entry.administrators.filter((one) => one !== name) }
        : entry,
    );
  const own = group.find((entry) => entry.name === name);
  const goesToo =
    defaults.userGroups &&
    own !== undefined &&
    own.gid === gid &&
    own.members.length === 0 &&
    !passwd.some((entry) => entry.gid === gid);
  const owns = (entry: { readonly owner: string }): boolean => entry.owner === name;
  return edited(
    {
      databases: {
        passwd,
        shadow: databases.shadow === undefined ? undefined : without(databases.shadow, name),
        group: goesToo ? without(group, name) : group,
        gshadow: gshadow === undefined || !goesToo ? gshadow : without(gshadow, name),
      },
      subordinateUsers: state.subordinateUsers?.filter((entry) => !owns(entry)),
      subordinateGroups: state.subordinateGroups?.filter((entry) => !owns(entry)),
    },
    home === "" ? [] : [{ kind: "remove", path: home, uid }],
  );
};
