/** Users and groups of a config, made in a tree without running any of its programs. */
import type { Finding, Passwd } from "@slipway/ignition-config";
import type { AccountState, Edited } from "../accounts/account-state.ts";
import type { Databases } from "../accounts/databases.ts";
import { ensureGroup } from "../accounts/edit-groups.ts";
import { ensureUser } from "../accounts/edit-users.ts";
import type { Accounts } from "../accounts/pins.ts";
import { finding } from "./finding.ts";
import { applyHomeEffect, type KeysFile, writeAuthorizedKeys } from "./homes.ts";
import { factOf } from "./nodes.ts";
import type { RootDirectory } from "./root-directory.ts";
import { readTreeAccounts, writeTreeAccounts } from "./tree-accounts.ts";

export interface MadeAccounts {
  /** After the config's accounts are made. */
  readonly databases: Databases;
  /** Names that the config made; what packages made is not among them. */
  readonly made: { readonly users: readonly string[]; readonly groups: readonly string[] };
  readonly findings: readonly Finding[];
}

/** Groups first, then users, each in the order of the config. */
export const makeAccounts = (
  root: RootDirectory,
  { users, groups }: Passwd,
  { pins, keysFile }: { readonly pins: Accounts; readonly keysFile: KeysFile },
): MadeAccounts => {
  const { state: present, defaults, isMissing, problems } = readTreeAccounts(root);
  const findings: Finding[] = problems.map(({ file, line, message }) =>
    finding("error", "account-database", `${file}${line === 0 ? "" : `:${line}`}: ${message}`),
  );
  const none = { databases: present.databases, made: { users: [], groups: [] }, findings };
  if (problems.length > 0) return none;
  const missing = [
    ...(isMissing.group ? [...groups, ...users].map((item) => [item, "/etc/group"] as const) : []),
    ...(isMissing.passwd ? users.map((item) => [item, "/etc/passwd"] as const) : []),
  ].filter(([{ shouldExist }]) => shouldExist !== false);
  if (missing.length > 0) {
    const told = missing.map(([{ name, origin: range }, file]) =>
      finding("error", "account-database", `${name} cannot be made: the tree has no ${file}`, {
        range,
      }),
    );
    return { ...none, findings: told };
  }

  let state: AccountState = present;
  const rules = { defaults, pins };
  const settle = (
    result: Edited,
    item: Passwd["users"][number] | Passwd["groups"][number],
  ): void => {
    const range = item.origin;
    if (!result.ok) {
      const { message, hint } = result;
      findings.push(finding("error", "account-refused", message, { range, hint }));
      return;
    }
    ({ state } = result);
    for (const effect of result.effects) {
      attempt(findings, item, () => applyHomeEffect(root, effect));
    }
  };

  for (const item of groups) settle(ensureGroup(state, item, rules), item);
  for (const item of users) {
    settle(ensureUser(state, item, rules), item);
    const user = state.databases.passwd.find(({ name }) => name === item.name);
    if (user === undefined || item.shouldExist === false) continue;
    if (item.sshAuthorizedKeys.length === 0) continue;
    attempt(findings, item, () =>
      writeAuthorizedKeys(root, user, item.sshAuthorizedKeys, keysFile),
    );
  }

  writeTreeAccounts(root, state);
  return {
    databases: state.databases,
    made: {
      users: newNames(present.databases.passwd, state.databases.passwd),
      groups: newNames(present.databases.group, state.databases.group),
    },
    findings,
  };
};

const attempt = (
  findings: Finding[],
  { name, origin }: Passwd["users"][number] | Passwd["groups"][number],
  work: () => void,
): void => {
  try {
    work();
  } catch (error) {
    const fact = factOf(error);
    if (fact === undefined) throw error;
    findings.push(finding("error", "home-refused", `user ${name}: ${fact}`, { range: origin }));
  }
};

const newNames = (
  before: readonly { readonly name: string }[],
  after: readonly { readonly name: string }[],
): readonly string[] => {
  const known = new Set(before.map(({ name }) => name));
  return after.map(({ name }) => name).filter((name) => !known.has(name));
};
