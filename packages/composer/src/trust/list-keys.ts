/** What a directory of keys and a repository say of each other. */
import { lstat } from "node:fs/promises";
import path from "node:path";
import { type KeyEntry, keysOfRole } from "./key-index.ts";
import type { Keyring } from "./keyring.ts";
import type { RepositoryMetadata } from "./open-metadata.ts";
import type { KeyAlgorithm } from "./public-key.ts";
import { type RoleStatus, roleStatuses } from "./role-status.ts";
import type { Role } from "@slipway/release";

export interface ListedKey {
  readonly id: string;
  /** Unknown for a key that only the repository knows. */
  readonly algorithm?: KeyAlgorithm;
  readonly privatePart?: KeyEntry["privatePart"];
  /** Whether signing with it can be tried from here: the file is there, or a program is registered. */
  readonly isHere: boolean;
  /** Whether nodes believe it; without a repository to ask, whether the directory means it for the role. */
  readonly isTrusted: boolean;
}

export interface ListedRole {
  readonly role: Role;
  readonly threshold: number;
  readonly keys: readonly ListedKey[];
  /** Of the repository's metadata. */
  readonly status?: Pick<RoleStatus, "version" | "expires" | "freshness">;
}

const isThere = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    () => false,
  );

const listKey = async (
  { directory, index }: Keyring,
  id: string,
  isTrusted: boolean,
): Promise<ListedKey> => {
  const entry = index.keys.get(id);
  if (entry === undefined) return { id, isHere: false, isTrusted };
  const { algorithm, privatePart } = entry;
  const isHere =
    privatePart.kind === "command" || (await isThere(path.join(directory, privatePart.name)));
  return { id, algorithm, privatePart, isHere, isTrusted };
};

const listRole = async (
  keys: Keyring,
  role: Role,
  status: RoleStatus | undefined,
): Promise<ListedRole> => {
  const known = keysOfRole(keys.index, role).map(({ key }) => key.keyID);
  const trusted = status?.keyIds ?? known;
  const listed: ListedKey[] = [];
  for (const id of new Set([...trusted, ...known]))
    listed.push(await listKey(keys, id, trusted.includes(id)));
  return {
    role,
    threshold: status?.threshold ?? keys.index.thresholds.get(role) ?? 1,
    keys: listed,
    ...(status === undefined
      ? {}
      : {
          status: {
            version: status.version,
            expires: status.expires,
            freshness: status.freshness,
          },
        }),
  };
};

/** Every role of the repository, then those that only the directory knows. */
export const listKeys = async (
  keys: Keyring,
  metadata: RepositoryMetadata | undefined,
  now: Date,
): Promise<readonly ListedRole[]> => {
  const statuses = metadata === undefined ? [] : roleStatuses(metadata, now);
  const byRole = new Map(statuses.map((status) => [status.role, status]));
  const roles = new Set([
    ...byRole.keys(),
    ...[...keys.index.keys.values()].map(({ role }) => role),
  ]);
  const listed: ListedRole[] = [];
  for (const role of roles) listed.push(await listRole(keys, role, byRole.get(role)));
  return listed;
};
