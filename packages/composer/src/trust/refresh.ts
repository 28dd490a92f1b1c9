/** Signing what is there once more, for another while. */
import path from "node:path";
import type { Clock } from "@slipway/host";
import { ComposerError } from "../errors.ts";
import { baseOf, commitDraft, type Draft } from "./commit.ts";
import { delegationsOf, draftListing, draftRoot, draftTargets, rootRolesOf } from "./draft.ts";
import { durableFiles, type DurableFiles } from "../durable/files.ts";
import type { Keyring } from "./keyring.ts";
import { saveAnchor } from "./make-keys.ts";
import { openMetadata, type RepositoryMetadata } from "./open-metadata.ts";
import { withRepositoryLock } from "./repository-lock.ts";
import { type RoleStatus, roleStatuses } from "./role-status.ts";
import { isDelegatedRole, type Role } from "@slipway/release";

export interface Refreshed {
  /** Who signed anew. */
  readonly changed: readonly Role[];
  /** Every role as it stands now. */
  readonly roles: readonly RoleStatus[];
  /** Those among them that somebody should sign anew, with the keys that are elsewhere. */
  readonly due: readonly RoleStatus[];
}

/** The same contents with later dates. Pure. */
export const draftRenewal = (
  current: RepositoryMetadata,
  roles: ReadonlySet<Role>,
  now: Date,
): Draft => {
  const root = current.root.metadata.signed;
  const targets = current.targets.metadata.signed;
  const delegated = [...current.delegated].filter(([role]) => roles.has(role));
  return {
    ...(roles.has("root") ? { root: draftRoot(rootRolesOf(root), root.version + 1, now) } : {}),
    ...(roles.has("targets")
      ? { targets: draftTargets(delegationsOf(targets), targets.version + 1, now) }
      : {}),
    delegated: new Map(
      delegated.map(([role, { metadata }]) => [role, draftListing(role, metadata.signed, now)]),
    ),
    renewSnapshot: roles.has("snapshot"),
    renewTimestamp: roles.has("timestamp"),
  };
};

const checkRoles = (current: RepositoryMetadata, roles: readonly Role[]): void => {
  const unknown = roles.find((role) => isDelegatedRole(role) && !current.delegated.has(role));
  if (unknown !== undefined)
    throw new ComposerError("KEY_MISSING", `the repository has no role ${unknown}`, {
      hint: "see which there are: slipway keys list",
    });
};

/**
 * Signs roles anew, with the same contents, and above them whoever signs what they are.
 * @throws ComposerError as `editRepository` does; the repository is then as it was.
 */
export const refreshRepository = async (
  given: string,
  keys: Keyring,
  roles: readonly Role[],
  clock: Pick<Clock, "now">,
  files: DurableFiles = durableFiles,
): Promise<Refreshed> => {
  const repository = path.resolve(given);
  return withRepositoryLock(repository, async () => {
    const current = await openMetadata(repository, keys);
    checkRoles(current, roles);
    const now = clock.now();
    const draft = draftRenewal(current, new Set(roles), now);
    const { metadata, changed } = await commitDraft(repository, baseOf(current), draft, {
      keys,
      now,
      files,
    });
    if (draft.root !== undefined) await saveAnchor(keys.directory, metadata.root.bytes, files);
    const statuses = roleStatuses(metadata, now);
    return {
      changed,
      roles: statuses,
      due: statuses.filter(({ freshness }) => freshness !== "fresh"),
    };
  });
};
