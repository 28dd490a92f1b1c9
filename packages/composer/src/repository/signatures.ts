/** Whether metadata is signed as those who delegate to it demand; and, as an auditor wants it, by nothing else. Pure. */
import type { Key, Metadata, Root, Targets } from "@tufjs/models";
import type { Signed } from "../trust/metadata-text.ts";
import { publicKeyOf } from "../trust/public-key.ts";
import { reasonOf } from "./problem.ts";

export type Delegator = Metadata<Root> | Metadata<Targets>;

const keysOf = ({ signed }: Delegator): Readonly<Record<string, Key>> =>
  ("keys" in signed ? signed.keys : signed.delegations?.keys) ?? {};

const roleOf = (
  { signed }: Delegator,
  role: string,
): { readonly keyIDs: readonly string[]; readonly threshold: number } | undefined => {
  const roles = ("keys" in signed ? signed.roles : signed.delegations?.roles) ?? {};
  return Object.hasOwn(roles, role) ? roles[role] : undefined;
};

const isSignedBy = (key: Key, metadata: Metadata<Signed>): boolean => {
  try {
    publicKeyOf(key);
    key.verifySignature(metadata);
    return true;
  } catch {
    return false;
  }
};

/** What keeps the role's metadata from being the word of `delegator`'s keys. */
const missingSignatures = (
  role: string,
  metadata: Metadata<Signed>,
  delegator: Delegator,
): string | undefined => {
  const delegation = roleOf(delegator, role);
  if (delegation === undefined) return `is of ${role}, for which there are no keys`;
  if (delegation.threshold < 1) return `could be signed by nobody: the threshold of ${role} is 0`;
  try {
    delegator.verifyDelegate(role, metadata);
    return undefined;
  } catch (error) {
    return `is not signed as ${role} must be: ${reasonOf(error)}`;
  }
};

/**
 * What is wrong with the signatures on a role's metadata, which all of `delegators` must be content with. Signatures by keys that the role had
 * under one of `others` may be there too: when a root changes, clients of the old one and of the new one must agree.
 */
export const badSignatures = (
  role: string,
  metadata: Metadata<Signed>,
  delegators: readonly Delegator[],
  others: readonly Delegator[] = [],
): readonly string[] => {
  const missing = delegators.flatMap(
    (delegator) => missingSignatures(role, metadata, delegator) ?? [],
  );
  if (missing.length > 0) return missing.slice(0, 1);
  // A signature too many does no harm, but one that does not fit was damaged, or put there by somebody.
  const known = [...delegators, ...others].flatMap((delegator) =>
    (roleOf(delegator, role)?.keyIDs ?? []).flatMap((id) => keysOf(delegator)[id] ?? []),
  );
  return Object.keys(metadata.signatures)
    .filter((id) => !known.some((key) => key.keyID === id && isSignedBy(key, metadata)))
    .map((id) => `has a signature by ${id} that does not fit`);
};
