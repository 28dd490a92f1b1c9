/** What whoever signs looks at first, beyond what clients look at: a mistake that is signed on becomes everybody's. Pure. */
import type { Key, Metadata, Root, Targets } from "@tufjs/models";
import { badRepository, type Document } from "./metadata-text.ts";
import { publicKeyOf } from "./public-key.ts";
import {
  type DelegatedRole,
  isDelegatedRole,
  isTopRole,
  pathsOf,
  type Role,
  roleOfPath,
} from "@slipway/release";

/** Who may sign for a role, as somebody above it says. */
export interface RoleKeys {
  readonly keyIDs: readonly string[];
  readonly threshold: number;
}

type KeysById = Readonly<Record<string, Key>>;

const checkKeys = (keys: KeysById, where: string): void => {
  for (const [id, key] of Object.entries(keys)) {
    try {
      publicKeyOf(key);
    } catch (cause) {
      throw badRepository(
        `${where} names a key ${id} that is not ours or not spelt as its id demands: one key could count as two`,
        cause,
      );
    }
  }
};

const checkRoleKeys = (keys: KeysById, role: string, { keyIDs, threshold }: RoleKeys): void => {
  if (!Number.isSafeInteger(threshold) || threshold < 1 || threshold > keyIDs.length)
    throw badRepository(`${role} has a threshold of ${threshold} with ${keyIDs.length} keys`);
  const unknown = keyIDs.find((id) => !Object.hasOwn(keys, id));
  if (unknown !== undefined) throw badRepository(`${role} names key ${unknown}, which is nowhere`);
};

export const checkRoot = ({ signed }: Metadata<Root>): void => {
  const name = `root ${signed.version}`;
  if (!signed.consistentSnapshot) throw badRepository(`${name} has no consistent snapshots`);
  checkKeys(signed.keys, name);
  for (const [role, keys] of Object.entries(signed.roles)) {
    if (!isTopRole(role)) throw badRepository(`${name} has a role ${JSON.stringify(role)}`);
    checkRoleKeys(signed.keys, role, keys);
  }
};

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index]);

/** The roles that `targets` delegates to. */
export const delegatedRoles = (targets: Targets): readonly DelegatedRole[] =>
  Object.keys(targets.delegations?.roles ?? {}).filter(isDelegatedRole);

export const checkTargets = ({ signed }: Metadata<Targets>): void => {
  const name = `targets ${signed.version}`;
  if (Object.keys(signed.targets).length > 0)
    throw badRepository(`${name} lists files itself, which are the delegated roles' to list`);
  const { delegations } = signed;
  if (delegations?.roles === undefined) throw badRepository(`${name} delegates to nobody`);
  checkKeys(delegations.keys, name);
  for (const [role, delegation] of Object.entries(delegations.roles)) {
    if (!isDelegatedRole(role))
      throw badRepository(`${name} delegates to a role ${JSON.stringify(role)}`);
    if (!delegation.terminating || !sameTexts(delegation.paths ?? [], pathsOf(role)))
      throw badRepository(`${name} delegates other files to ${role} than ${pathsOf(role).join()}`);
    checkRoleKeys(delegations.keys, role, delegation);
  }
};

/** A role lists only what is its own: clients would not look for anything else there, but a person might. */
export const checkListing = (role: DelegatedRole, { signed }: Metadata<Targets>): void => {
  const foreign = Object.keys(signed.targets).find((path) => roleOfPath(path) !== role);
  if (foreign !== undefined)
    throw badRepository(`${role} lists ${JSON.stringify(foreign)}, which is not its to list`);
  if (signed.delegations !== undefined) throw badRepository(`${role} delegates to others`);
};

/** @throws ComposerError `REPOSITORY_INVALID` unless enough of the role's keys signed. */
export const checkSignatures = (
  delegator: Metadata<Root> | Metadata<Targets>,
  role: Role,
  { metadata }: Document,
): void => {
  try {
    delegator.verifyDelegate(role, metadata);
  } catch (cause) {
    throw badRepository(
      `version ${metadata.signed.version} of ${role} is not signed by enough of its keys`,
      cause,
    );
  }
};
