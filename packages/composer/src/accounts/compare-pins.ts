/** Holds the accounts of a tree against those that the lock remembers. */
import type { Finding } from "@slipway/ignition-config";
import { accountNamed, type Accounts, sortedAccounts } from "./pins.ts";

export interface PinComparison {
  /** Errors: an id that changed, or went to another name. */
  readonly findings: readonly Finding[];
  /** Names that the lock did not know. */
  readonly added: { readonly users: readonly string[]; readonly groups: readonly string[] };
  /** Names that are only in the lock any more; they keep their ids. */
  readonly vanished: { readonly users: readonly string[]; readonly groups: readonly string[] };
  /** What the lock is to keep from now on. Only meaningful without findings. */
  readonly pins: Accounts;
}

export const compareWithPins = (actual: Accounts, pins: Accounts): PinComparison => {
  const users = compareIds(
    "user",
    idsOf(actual.users, (user) => user.uid),
    idsOf(pins.users, (user) => user.uid),
  );
  const groups = compareIds(
    "group",
    idsOf(actual.groups, (group) => group.gid),
    idsOf(pins.groups, (group) => group.gid),
  );
  return {
    findings: [...users.findings, ...groups.findings, ...changedPrimaryGroups(actual, pins)],
    added: { users: users.added, groups: groups.added },
    vanished: { users: users.vanished, groups: groups.vanished },
    pins: sortedAccounts({
      users: { ...pins.users, ...actual.users },
      groups: { ...pins.groups, ...actual.groups },
    }),
  };
};

type Ids = ReadonlyMap<string, number>;

const idsOf = <T>(accounts: Readonly<Record<string, T>>, id: (account: T) => number): Ids =>
  new Map(Object.entries(accounts).map(([name, account]) => [name, id(account)]));

const compareIds = (
  kind: "user" | "group",
  actual: Ids,
  pinned: Ids,
): {
  readonly findings: readonly Finding[];
  readonly added: readonly string[];
  readonly vanished: readonly string[];
} => {
  const owners = new Map([...pinned].map(([name, id]) => [id, name] as const));
  const findings: Finding[] = [];
  for (const [name, id] of actual) {
    const before = pinned.get(name);
    if (before !== undefined && before !== id) {
      findings.push(
        idFinding(`${kind} ${name} has id ${id}, but the lock gave it ${before}`, kind),
      );
    }
    const owner = owners.get(id);
    // Two names that share an id in the lock already (root and toor) may go on doing so.
    if (before === undefined && owner !== undefined && !actual.has(owner)) {
      findings.push(
        idFinding(`${kind} ${name} has id ${id}, which the lock keeps for ${kind} ${owner}`, kind),
      );
    }
  }
  return {
    findings,
    added: [...actual.keys()].filter((name) => !pinned.has(name)),
    vanished: [...pinned.keys()].filter((name) => !actual.has(name)),
  };
};

const changedPrimaryGroups = (actual: Accounts, pins: Accounts): readonly Finding[] =>
  Object.entries(actual.users).flatMap(([name, { gid, config }]) => {
    const before = accountNamed(pins.users, name);
    // A config may well give its own user another primary group: no script decides that.
    if (before === undefined || before.gid === gid || config === true) return [];
    return [
      idFinding(
        `user ${name} has the primary group ${gid}, but the lock gave it ${before.gid}`,
        "user",
      ),
    ];
  });

const idFinding = (message: string, kind: "user" | "group"): Finding => ({
  level: "error",
  rule: "account-id-changed",
  message,
  hint: `keep the id: files on nodes belong to it; if no node runs this image yet, delete the ${kind} from the lock`,
  path: [],
});
