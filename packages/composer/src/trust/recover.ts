/**
 * Going on after somebody else could sign the snapshot or the timestamp.
 *
 * What these two say is then no ground to stand on: they may name versions that do not exist, or old ones, or be so far ahead that no number is left
 * above them. Ground is what offline keys signed. Each listing role's newest file counts that is signed by its keys; the snapshot and the timestamp are
 * counted on from the newest file whose number is one that a repository can have come to. Clients take lower versions than they have seen as soon as
 * the keys of these two roles are others: they forget what the old keys signed (TUF 5.3.11).
 */
import { readdir } from "node:fs/promises";
import { errnoOf } from "@slipway/host";
import type { Metadata, Root, Targets } from "@tufjs/models";
import { ComposerError } from "../errors.ts";
import { checkListing, checkSignatures, checkTargets, delegatedRoles } from "./check-metadata.ts";
import type { Base } from "./commit.ts";
import { withDocuments } from "./draft.ts";
import type { Keyring } from "./keyring.ts";
import { badRepository, decodeTargets, decodeTimestamp, type Document } from "./metadata-text.ts";
import { metadataPath, openRoot, readMetadataFile } from "./open-metadata.ts";
import { type DelegatedRole, type ListingRole, metadataFile, type Role } from "@slipway/release";

/** No repository comes to it honestly: a version each second for three years. */
const MOST_PLAUSIBLE_VERSION = 100_000_000;

/** Whoever could write to the repository could write a million files there. */
const MOST_TRIES = 1000;

/** The versions of a role that have files, newest first. */
const versionsOf = (names: readonly string[], role: Role): readonly number[] =>
  names
    .flatMap((name) => {
      const [, digits] = /^([1-9][0-9]{0,8})\.[a-z0-9-]+\.json$/.exec(name) ?? [];
      const version = Number(digits);
      const isOurs = digits !== undefined && name === metadataFile(role, version);
      return isOurs && version <= MOST_PLAUSIBLE_VERSION ? [version] : [];
    })
    .toSorted((a, b) => b - a);

const isMistrusted = (error: unknown): boolean =>
  error instanceof ComposerError && error.code === "REPOSITORY_INVALID";

/** The newest file of a listing role that is what it should be. */
const newestListing = async (
  repository: string,
  names: readonly string[],
  role: ListingRole,
  delegator: Metadata<Root> | Metadata<Targets>,
): Promise<Document<Targets>> => {
  for (const version of versionsOf(names, role).slice(0, MOST_TRIES)) {
    const name = metadataFile(role, version);
    try {
      const bytes = await readMetadataFile(repository, role, name);
      if (bytes === undefined) continue;
      const document = decodeTargets(bytes, role, name);
      checkSignatures(delegator, role, document);
      if (document.metadata.signed.version !== version) continue;
      if (role === "targets") checkTargets(document.metadata);
      else checkListing(role, document.metadata);
      return document;
    } catch (error) {
      if (!isMistrusted(error)) throw error;
    }
  }
  throw badRepository(`${repository} has no metadata that was signed for ${role}`);
};

/** The timestamp's version, where the file is one that its keys signed and the number can be honest. */
const timestampVersion = async (repository: string, root: Document<Root>): Promise<number> => {
  const name = metadataFile("timestamp", 0);
  try {
    const bytes = await readMetadataFile(repository, "timestamp", name);
    if (bytes === undefined) return 0;
    const timestamp = decodeTimestamp(bytes, name);
    checkSignatures(root.metadata, "timestamp", timestamp);
    const { version } = timestamp.metadata.signed;
    return version <= MOST_PLAUSIBLE_VERSION ? version : 0;
  } catch (error) {
    if (isMistrusted(error)) return 0;
    throw error;
  }
};

const namesIn = async (repository: string): Promise<readonly string[]> => {
  try {
    return await readdir(metadataPath(repository, "."));
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return [];
    throw cause;
  }
};

/**
 * What a commit can start from without believing the snapshot or the timestamp.
 * @throws ComposerError `NOT_A_REPOSITORY`, `REPOSITORY_INVALID`
 */
export const recoverBase = async (
  repository: string,
  trusted: Pick<Keyring, "anchor">,
): Promise<Base> => {
  const root = await openRoot(repository, trusted);
  const names = await namesIn(repository);
  const targets = await newestListing(repository, names, "targets", root.metadata);
  const delegated = new Map<DelegatedRole, Document<Targets>>();
  for (const role of delegatedRoles(targets.metadata.signed))
    delegated.set(role, await newestListing(repository, names, role, targets.metadata));
  return {
    root,
    targets,
    delegated,
    snapshot: undefined,
    timestamp: undefined,
    meta: withDocuments({}, [targets, ...delegated.values()]),
    versions: {
      snapshot: versionsOf(names, "snapshot")[0] ?? 0,
      timestamp: await timestampVersion(repository, root),
    },
  };
};
