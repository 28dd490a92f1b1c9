/** Changing what a repository lists: the way of whoever publishes. */
import path from "node:path";
import type { Clock } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import { baseOf, commitDraft, type Committed, type Draft } from "./commit.ts";
import {
  type Delegations,
  delegationsOf,
  draftListing,
  draftTargets,
  type RoleDefinition,
  type TargetChange,
  type TargetChanges,
} from "./draft.ts";
import { durableFiles, type DurableFiles } from "../durable/files.ts";
import { type KeyIndex, keysOfRole } from "./key-index.ts";
import type { Keyring } from "./keyring.ts";
import { openMetadata, type RepositoryMetadata } from "./open-metadata.ts";
import { withRepositoryLock } from "./repository-lock.ts";
import { type DelegatedRole, roleOfPath } from "@slipway/release";

const roleThatLists = (path: string): DelegatedRole => {
  const role = roleOfPath(path);
  if (role === undefined) throw new TypeError(`${path} is no path of a repository's file`);
  return role;
};

const changesByRole = ({
  put,
  remove,
}: TargetChanges): ReadonlyMap<DelegatedRole, TargetChanges> => {
  const byRole = new Map<DelegatedRole, { put: TargetChange[]; remove: string[] }>();
  const changesOf = (path: string) => {
    const role = roleThatLists(path);
    const changes = byRole.get(role) ?? { put: [], remove: [] };
    byRole.set(role, changes);
    return changes;
  };
  for (const change of put) changesOf(change.path).put.push(change);
  for (const path of remove) changesOf(path).remove.push(path);
  return byRole;
};

/** What a directory of keys has for a role that nobody delegated to yet. */
export const definitionFrom = (index: KeyIndex, role: DelegatedRole): RoleDefinition => {
  const keys = keysOfRole(index, role).map(({ key }) => key);
  if (keys.length === 0)
    throw new ComposerError("KEY_MISSING", `there is no key for ${role}`, {
      hint: `make one where the key of targets is: slipway keys init --image ${role.slice("image-".length)} --keys DIR --repo DIR`,
    });
  return { keys, threshold: index.thresholds.get(role) ?? 1 };
};

/** The delegations with those that are missing, or nothing when none is. */
const withMissing = (
  known: Delegations,
  roles: Iterable<DelegatedRole>,
  index: KeyIndex,
): Delegations | undefined => {
  const missing = [...roles].filter((role) => !known.has(role));
  return missing.length === 0
    ? undefined
    : new Map([...known, ...missing.map((role) => [role, definitionFrom(index, role)] as const)]);
};

const sameListing = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The draft that makes these changes; nothing where everything is as it should be. Pure. */
export const draftChanges = (
  current: RepositoryMetadata,
  changes: TargetChanges,
  index: KeyIndex,
  now: Date,
): Draft | undefined => {
  const delegated = new Map<DelegatedRole, ReturnType<typeof draftListing>>();
  for (const [role, ofRole] of changesByRole(changes)) {
    const previous = current.delegated.get(role)?.metadata.signed;
    const listing = draftListing(role, previous, now, ofRole);
    const before = previous === undefined ? {} : listingJson(previous);
    if (!sameListing(listingJson(listing), before)) delegated.set(role, listing);
  }
  if (delegated.size === 0) return undefined;
  const { signed } = current.targets.metadata;
  const delegations = withMissing(delegationsOf(signed), delegated.keys(), index);
  return {
    delegated,
    files: changes.put,
    ...(delegations === undefined
      ? {}
      : { targets: draftTargets(delegations, signed.version + 1, now) }),
  };
};

const listingJson = ({
  targets,
}: {
  readonly targets: Readonly<Record<string, { toJSON(): object }>>;
}) =>
  Object.entries(targets)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, file]) => [path, file.toJSON()]);

/**
 * Changes what a repository lists, by what it lists: `decide` sees it and answers what to change. Nobody else changes the repository in the
 * meantime.
 * @throws ComposerError `KEY_MISSING`, `SIGNER_FAILED`, `KEYS_INVALID`, `NOT_A_REPOSITORY`, `REPOSITORY_INVALID`, `REPOSITORY_BUSY`,
 *   `METADATA_TOO_LARGE`, and whatever `decide` throws; the repository is then as it was.
 */
export const editRepository = async (
  repository: string,
  keys: Keyring,
  decide: (current: RepositoryMetadata) => Promise<TargetChanges> | TargetChanges,
  clock: Pick<Clock, "now">,
  files: DurableFiles = durableFiles,
): Promise<Committed> => {
  const directory = path.resolve(repository);
  return withRepositoryLock(directory, async () => {
    const metadata = await openMetadata(directory, keys);
    const now = clock.now();
    const draft = draftChanges(metadata, await decide(metadata), keys.index, now);
    if (draft === undefined) return { metadata, changed: [] };
    return commitDraft(directory, baseOf(metadata), draft, { keys, now, files });
  });
};

/**
 * Lists files, and lists others no more. The files are written too, under the names by which clients ask for them; those that are no longer listed
 * stay until they are collected, since a client may be reading by the list of a moment ago. Only the roles whose lists change sign: a channel does
 * not need an image's key, a release not the key of channels.
 * @throws as `editRepository` does.
 */
export const commitTargets = (
  repository: string,
  keys: Keyring,
  changes: TargetChanges,
  clock: Pick<Clock, "now">,
  files: DurableFiles = durableFiles,
): Promise<Committed> => editRepository(repository, keys, () => changes, clock, files);
