/**
 * The keys and thresholds of a root or of a list of delegations. tuf-js counts key ids towards a threshold; one key under two ids would count
 * twice, so keys are compared here by what they are.
 */
import { getPublicKey } from "@tufjs/models/dist/utils/key.js";
import type { DocumentType } from "./document.ts";
import { MOST_KEYS } from "./limits.ts";
import { asList, asRecord, ownMember, type UnknownRecord } from "./plain-value.ts";
import { type Place, refusal } from "./refusal.ts";

interface RoleKeys {
  readonly role: string;
  readonly keyIds: readonly unknown[];
  readonly threshold: unknown;
}

/** One text for one public key, in whichever encoding it is given. Nothing for keys of kinds that cannot verify anything here anyway. */
const identityOf = (value: unknown): string | undefined => {
  const key = asRecord(value);
  const keyType = key?.["keytype"];
  const scheme = key?.["scheme"];
  const keyVal = asRecord(key?.["keyval"])?.["public"];
  if (typeof keyType !== "string" || typeof scheme !== "string" || typeof keyVal !== "string")
    return undefined;
  try {
    // As the library reads it: what it would verify with is what is compared.
    const { kty, crv, x, y, n, e } = getPublicKey({ keyType, scheme, keyVal }).key.export({
      format: "jwk",
    });
    return JSON.stringify([kty, crv, x, y, n, e]);
  } catch {
    return undefined;
  }
};

const rolesOfRoot = (signed: UnknownRecord): readonly RoleKeys[] =>
  Object.entries(asRecord(signed["roles"]) ?? {}).map(([role, value]) => readRole(role, value));

const rolesOfDelegations = (delegations: UnknownRecord): readonly RoleKeys[] =>
  (asList(delegations["roles"]) ?? []).map((value) => {
    const name = asRecord(value)?.["name"];
    return readRole(typeof name === "string" ? name : "a role without a name", value);
  });

const readRole = (role: string, value: unknown): RoleKeys => ({
  role,
  keyIds: asList(asRecord(value)?.["keyids"]) ?? [],
  threshold: asRecord(value)?.["threshold"],
});

const checkDuplicates = (keys: UnknownRecord, place: Place): void => {
  const entries = Object.entries(keys);
  if (entries.length > MOST_KEYS)
    throw refusal("BAD_METADATA", place, `lists ${entries.length} keys, more than ${MOST_KEYS}`);
  const idOf = new Map<string, string>();
  for (const [id, value] of entries) {
    const identity = identityOf(value);
    if (identity === undefined) continue;
    const other = idOf.get(identity);
    if (other !== undefined)
      throw refusal("DUPLICATE_KEY", place, `lists one key under two ids, ${other} and ${id}`);
    idOf.set(identity, id);
  }
};

const checkThreshold = (
  { role, keyIds, threshold }: RoleKeys,
  keys: UnknownRecord,
  place: Place,
): void => {
  const known = keyIds.filter((id) => typeof id === "string" && ownMember(keys, id) !== undefined);
  if (typeof threshold !== "number" || !Number.isSafeInteger(threshold) || threshold < 1)
    throw refusal(
      "BAD_THRESHOLD",
      place,
      `asks for no signature of ${role}: a threshold is 1 or more`,
    );
  if (threshold > new Set(known).size)
    throw refusal(
      "BAD_THRESHOLD",
      place,
      `asks for ${threshold} keys of ${role} and names ${new Set(known).size}`,
    );
};

/** @throws ReceiverError DUPLICATE_KEY, BAD_THRESHOLD, BAD_METADATA */
export const checkKeysAndRoles = (
  signed: UnknownRecord,
  type: DocumentType,
  place: Place,
): void => {
  const holder = type === "root" ? signed : asRecord(signed["delegations"]);
  if (holder === undefined) return;
  const keys = asRecord(holder["keys"]) ?? {};
  checkDuplicates(keys, place);
  const roles = type === "root" ? rolesOfRoot(holder) : rolesOfDelegations(holder);
  for (const role of roles) checkThreshold(role, keys, place);
};
