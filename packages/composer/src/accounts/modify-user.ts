/** Users that are there already, changed as usermod(8) with --move-home changes them. */
import type { User } from "@slipway/ignition-config";
import {
  type AccountState,
  type Edited,
  edited,
  given,
  type HomeEffect,
  refused,
  replaced,
} from "./account-state.ts";
import { NO_PASSWORD } from "./canonical.ts";
import type { Databases } from "./databases.ts";
import { findGroup, memberships, noSuchGroup, withMembershipsOnly } from "./membership.ts";
import type { PasswdEntry } from "./passwd.ts";
import { plainShadow } from "./shadow.ts";

export const modifyUser = (state: AccountState, present: PasswdEntry, item: User): Edited => {
  const { databases } = state;
  const { name } = present;
  const uid = item.uid ?? present.uid;
  const owner = databases.passwd.find((user) => user.uid === uid && user.name !== name);
  if (uid !== present.uid && owner !== undefined) {
    return refused(`user id ${uid} for ${name} belongs to user ${owner.name}`);
  }
  const missing = item.groups.find((group) => findGroup(databases, group) === undefined);
  if (missing !== undefined) return refused(noSuchGroup(missing, name));

  const wanted = given(item.primaryGroup);
  const primary = wanted === undefined ? undefined : findGroup(databases, wanted);
  if (wanted !== undefined && primary === undefined) return refused(noSuchGroup(wanted, name));

  const gid = primary?.gid ?? present.gid;
  const home = given(item.homeDir) ?? present.home;
  const changed = {
    ...databases,
    passwd: replaced(databases.passwd, name, (user) => ({
      ...{ ...user, uid, gid, home },
      gecos: given(item.gecos) ?? user.gecos,
      shell: given(item.shell) ?? user.shell,
    })),
  };
  const joined =
    item.groups.length === 0
      ? changed
      : withMembershipsOnly(changed, name, memberships(databases, item));
  const effects: HomeEffect[] = [];
  if (home !== present.home) effects.push({ kind: "move", from: present.home, to: home });
  if (uid !== present.uid || gid !== present.gid) {
    effects.push({
      ...{ kind: "give", path: home },
      ...{ uid: { from: present.uid, to: uid }, gid: { from: present.gid, to: gid } },
    });
  }
  return edited({ ...state, databases: withPassword(joined, name, item.passwordHash) }, effects);
};

/** Sets a password where the tree keeps passwords; none is given: nothing changes. */
const withPassword = (
  databases: Databases,
  name: string,
  passwordHash: string | undefined,
): Databases => {
  if (passwordHash === undefined) return databases;
  const password = given(passwordHash) ?? NO_PASSWORD;
  const { shadow } = databases;
  const inPasswd = (field: string): Databases["passwd"] =>
    replaced(databases.passwd, name, (user) => ({ ...user, password: field }));
  if (shadow === undefined) return { ...databases, passwd: inPasswd(password) };
  return {
    ...databases,
    passwd: inPasswd("x"),
    shadow: shadow.some((entry) => entry.name === name)
      ? replaced(shadow, name, (entry) => ({ ...entry, password, lastChange: undefined }))
      : [...shadow, plainShadow(name, password)],
  };
};
