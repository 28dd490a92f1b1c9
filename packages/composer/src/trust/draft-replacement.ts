/** What a repository says once roles have other keys. Pure. */
import { ComposerError } from "../errors.ts";
import type { Base, Draft } from "./commit.ts";
import {
  type Delegations,
  delegationsOf,
  draftListing,
  draftRoot,
  draftTargets,
  type RoleDefinition,
  rootRolesOf,
} from "./draft.ts";
import type { KeyEntry } from "./key-index.ts";
import { type DelegatedRole, isDelegatedRole, isTopRole, type Role } from "@slipway/release";

/** Who signs for a role now. */
export const definitionOf = (base: Base, role: Role): RoleDefinition => {
  const definition = isTopRole(role)
    ? rootRolesOf(base.root.metadata.signed)[role]
    : base.targets && delegationsOf(base.targets.metadata.signed).get(role);
  if (definition !== undefined) return definition;
  throw new ComposerError("UNKNOWN_KEY", `the repository has no role ${role}`, {
    hint: "see which there are: slipway keys list",
  });
};

/** What becomes of a role's keys. */
export interface RoleChange {
  readonly role: Role;
  /** Ids of the keys that go. */
  readonly out: readonly string[];
  readonly entries: readonly KeyEntry[];
  /** Signatures that the role needs from now on; by default as many as before. */
  readonly threshold?: number;
}

/** The keys that stay, then the new ones. */
const changed = (
  before: RoleDefinition,
  { role, out, entries, threshold = before.threshold }: RoleChange,
): RoleDefinition => {
  const stay = before.keys.filter(({ keyID }) => !out.includes(keyID));
  const keys = [...stay, ...entries.map(({ key }) => key)];
  if (threshold <= keys.length) return { keys, threshold };
  throw new ComposerError(
    "KEY_MISSING",
    `${role} would need ${threshold} signatures and have ${keys.length} keys`,
    { hint: `give it ${threshold} keys or more (--count), or a lower threshold (--threshold)` },
  );
};

const draftRootChange = (base: Base, changes: readonly RoleChange[], now: Date): Draft => {
  const { signed } = base.root.metadata;
  const roles = { ...rootRolesOf(signed) };
  for (const change of changes)
    if (isTopRole(change.role)) roles[change.role] = changed(roles[change.role], change);
  return { root: draftRoot(roles, signed.version + 1, now) };
};

const draftDelegationChange = (base: Base, changes: readonly RoleChange[], now: Date): Draft => {
  const signed = base.targets?.metadata.signed;
  if (signed === undefined) throw new TypeError("there are no targets to change");
  const delegations = new Map(delegationsOf(signed)) satisfies Delegations;
  const delegated = new Map<DelegatedRole, ReturnType<typeof draftListing>>();
  for (const change of changes) {
    const { role } = change;
    if (!isDelegatedRole(role)) continue;
    delegations.set(role, changed(definitionOf(base, role), change));
    delegated.set(role, draftListing(role, base.delegated.get(role)?.metadata.signed, now));
  }
  return { targets: draftTargets(delegations, signed.version + 1, now), delegated };
};

/** What the repository says after the change: whoever is named in a new place signs anew. Pure. */
export const draftReplacement = (base: Base, changes: readonly RoleChange[], now: Date): Draft => {
  const roles = new Set(changes.map(({ role }) => role));
  const hasTop = changes.some(({ role }) => isTopRole(role));
  const hasDelegated = changes.some(({ role }) => isDelegatedRole(role));
  return {
    ...(hasTop ? draftRootChange(base, changes, now) : {}),
    ...(hasDelegated || roles.has("targets") ? draftDelegationChange(base, changes, now) : {}),
    renewSnapshot: roles.has("snapshot"),
    renewTimestamp: roles.has("timestamp"),
  };
};
