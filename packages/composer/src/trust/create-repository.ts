/** A repository that lists nothing yet, and room in it for another image. */
import path from "node:path";
import type { Clock } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import { type Base, baseOf, commitDraft, type Committed, type Draft } from "./commit.ts";
import { delegationsOf, draftListing, draftTargets } from "./draft.ts";
import { durableFiles, type DurableFiles } from "../durable/files.ts";
import { definitionFrom } from "./edit-repository.ts";
import type { KeyIndex } from "./key-index.ts";
import type { Keyring } from "./keyring.ts";
import { decodeRoot } from "./metadata-text.ts";
import { metadataPath, openMetadata, type RepositoryMetadata } from "./open-metadata.ts";
import { withRepositoryLock } from "./repository-lock.ts";
import { type DelegatedRole, isDelegatedRole, metadataFile } from "@slipway/release";

/** The delegated roles for which a directory has keys. */
const rolesOf = (index: KeyIndex): readonly DelegatedRole[] => [
  ...new Set([...index.keys.values()].map(({ role }) => role).filter(isDelegatedRole)),
];

/** Delegates to the roles that are missing, each with an empty list. */
const draftRoles = (
  current: Pick<RepositoryMetadata, "targets"> | undefined,
  roles: readonly DelegatedRole[],
  index: KeyIndex,
  now: Date,
): Draft => {
  const targets = current?.targets.metadata.signed;
  const known = targets === undefined ? new Map() : delegationsOf(targets);
  const missing = roles.filter((role) => !known.has(role));
  const delegations = new Map([
    ...known,
    ...missing.map((role) => [role, definitionFrom(index, role)] as const),
  ]);
  return {
    targets: draftTargets(delegations, (targets?.version ?? 0) + 1, now),
    delegated: new Map(missing.map((role) => [role, draftListing(role, undefined, now)])),
  };
};

const openIfThere = async (
  repository: string,
  keys: Keyring,
): Promise<RepositoryMetadata | undefined> => {
  try {
    return await openMetadata(repository, keys);
  } catch (error) {
    if (error instanceof ComposerError && error.code === "NOT_A_REPOSITORY") return undefined;
    throw error;
  }
};

const create = async (
  repository: string,
  keys: Keyring,
  now: Date,
  files: DurableFiles,
): Promise<Committed> => {
  const root = decodeRoot(keys.anchor, "root.json");
  const base: Base = {
    root,
    targets: undefined,
    delegated: new Map(),
    snapshot: undefined,
    timestamp: undefined,
    meta: {},
    versions: { snapshot: 0, timestamp: 0 },
  };
  // Nobody reads a repository without a timestamp, which the commit writes last.
  const name = metadataFile("root", root.metadata.signed.version);
  await files.write(metadataPath(repository, name), keys.anchor, 0o644);
  const draft = draftRoles(undefined, rolesOf(keys.index), keys.index, now);
  return commitDraft(repository, base, draft, { keys, now, files });
};

/**
 * Makes a repository of a directory, or sees to it that one that is there knows every image for which there is a key.
 * @throws ComposerError as `editRepository` does.
 */
export const ensureRepository = async (
  given: string,
  keys: Keyring,
  clock: Pick<Clock, "now">,
  files: DurableFiles = durableFiles,
): Promise<Committed> => {
  const repository = path.resolve(given);
  return withRepositoryLock(repository, async () => {
    const now = clock.now();
    const metadata = await openIfThere(repository, keys);
    if (metadata === undefined) return create(repository, keys, now, files);
    const missing = rolesOf(keys.index).filter((role) => !metadata.delegated.has(role));
    if (missing.length === 0) return { metadata, changed: [] };
    const draft = draftRoles(metadata, missing, keys.index, now);
    return commitDraft(repository, baseOf(metadata), draft, { keys, now, files });
  });
};
