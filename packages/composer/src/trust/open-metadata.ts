/** Reading a repository's metadata as whoever signs it does: everything, from a trusted root down, whether expired or not. */
import { open } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@slipway/host";
import type { MetaFile, Root, Snapshot, Targets, Timestamp } from "@tufjs/models";
import { ComposerError } from "../errors.ts";
import {
  checkListing,
  checkRoot,
  checkSignatures,
  checkTargets,
  delegatedRoles,
} from "./check-metadata.ts";
import type { Keyring } from "./keyring.ts";
import {
  badRepository,
  decodeRoot,
  decodeSnapshot,
  decodeTargets,
  decodeTimestamp,
  type Document,
} from "./metadata-text.ts";
import { type DelegatedRole, metadataFile, mostBytes, type Role } from "@slipway/release";

/** What a repository says of itself at one moment, every signature checked. */
export interface RepositoryMetadata {
  readonly root: Document<Root>;
  readonly targets: Document<Targets>;
  readonly delegated: ReadonlyMap<DelegatedRole, Document<Targets>>;
  readonly snapshot: Document<Snapshot>;
  readonly timestamp: Document<Timestamp>;
}

/** As many roots as a client follows in one go. */
const MAX_ROOTS = 256;

export const metadataPath = (repository: string, name: string): string =>
  path.join(repository, "metadata", name);

/** A metadata file, or nothing where there is none. One byte too many is read, so that a file that is too long shows. */
export const readMetadataFile = async (
  repository: string,
  role: Role,
  name: string,
): Promise<Uint8Array | undefined> => {
  const file = metadataPath(repository, name);
  let handle;
  try {
    handle = await open(file, "r");
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
  try {
    const most = mostBytes(role) + 1;
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, most));
    let read = 0;
    while (read < buffer.length) {
      const { bytesRead } = await handle.read(buffer, read, buffer.length - read, read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return buffer.subarray(0, read);
  } finally {
    await handle.close();
  }
};

const notARepository = (repository: string): ComposerError =>
  new ComposerError("NOT_A_REPOSITORY", `${repository} has no metadata`, {
    hint: `make a repository of it: slipway keys init --keys DIR --repo ${repository}`,
  });

/** The root after this one, signed by this one's keys and its own. */
const nextRoot = async (
  repository: string,
  current: Document<Root>,
): Promise<Document<Root> | undefined> => {
  const version = current.metadata.signed.version + 1;
  const name = metadataFile("root", version);
  const bytes = await readMetadataFile(repository, "root", name);
  if (bytes === undefined) return undefined;
  const next = decodeRoot(bytes, name);
  if (next.metadata.signed.version !== version)
    throw badRepository(`${name} has version ${next.metadata.signed.version}`);
  checkSignatures(current.metadata, "root", next);
  checkSignatures(next.metadata, "root", next);
  checkRoot(next.metadata);
  return next;
};

/**
 * The newest root that follows from a trusted one.
 * @throws ComposerError `NOT_A_REPOSITORY`, `REPOSITORY_INVALID`
 */
export const openRoot = async (
  repository: string,
  { anchor }: Pick<Keyring, "anchor">,
): Promise<Document<Root>> => {
  let root = decodeRoot(anchor, "root.json");
  checkSignatures(root.metadata, "root", root);
  checkRoot(root.metadata);
  const name = metadataFile("root", root.metadata.signed.version);
  const published = await readMetadataFile(repository, "root", name);
  if (published === undefined) throw notARepository(repository);
  if (!Buffer.from(published).equals(Buffer.from(anchor)))
    throw badRepository(
      `${name} in ${repository} is another one than the root.json that is trusted`,
    );
  for (let count = 0; count <= MAX_ROOTS; count += 1) {
    const next = await nextRoot(repository, root);
    if (next === undefined) return root;
    root = next;
  }
  throw badRepository(`${repository} has more than ${MAX_ROOTS} roots after the trusted one`);
};

/** Holds a file against what the role above says of it. */
const checkMeta = (meta: MetaFile | undefined, document: Document, name: string): void => {
  if (meta === undefined) throw badRepository(`the snapshot knows no ${document.role}`);
  try {
    meta.verify(Buffer.from(document.bytes));
  } catch (cause) {
    throw badRepository(`${name} is not the file that is signed`, cause);
  }
  const { version } = document.metadata.signed;
  if (version !== meta.version)
    throw badRepository(`${name} has version ${version}, and ${meta.version} is signed`);
};

const needed = async (repository: string, role: Role, name: string): Promise<Uint8Array> => {
  const bytes = await readMetadataFile(repository, role, name);
  if (bytes === undefined) throw badRepository(`${name} is missing in ${repository}`);
  return bytes;
};

const metaOf = (snapshot: Snapshot, role: Role): MetaFile | undefined => {
  const name = `${role}.json`;
  return Object.hasOwn(snapshot.meta, name) ? snapshot.meta[name] : undefined;
};

const openListing = async (
  repository: string,
  snapshot: Snapshot,
  role: "targets" | DelegatedRole,
): Promise<Document<Targets>> => {
  const meta = metaOf(snapshot, role);
  const name = metadataFile(role, meta?.version ?? 0);
  const document = decodeTargets(await needed(repository, role, name), role, name);
  checkMeta(meta, document, name);
  return document;
};

const openTimestamp = async (
  repository: string,
  root: Document<Root>,
): Promise<Document<Timestamp>> => {
  const name = metadataFile("timestamp", 0);
  const bytes = await readMetadataFile(repository, "timestamp", name);
  if (bytes === undefined) throw notARepository(repository);
  const timestamp = decodeTimestamp(bytes, name);
  checkSignatures(root.metadata, "timestamp", timestamp);
  return timestamp;
};

const openSnapshot = async (
  repository: string,
  root: Document<Root>,
  timestamp: Document<Timestamp>,
): Promise<Document<Snapshot>> => {
  const { snapshotMeta } = timestamp.metadata.signed;
  const name = metadataFile("snapshot", snapshotMeta.version);
  const snapshot = decodeSnapshot(await needed(repository, "snapshot", name), name);
  checkMeta(snapshotMeta, snapshot, name);
  checkSignatures(root.metadata, "snapshot", snapshot);
  return snapshot;
};

/**
 * Everything that a repository's metadata says now. What is expired is read all the same: it may be here to be renewed.
 * @throws ComposerError `NOT_A_REPOSITORY`; `REPOSITORY_INVALID` for whatever is not signed, does not belong together, or should never have
 *   been signed.
 */
export const openMetadata = async (
  repository: string,
  trusted: Pick<Keyring, "anchor">,
): Promise<RepositoryMetadata> => {
  const root = await openRoot(repository, trusted);
  const timestamp = await openTimestamp(repository, root);
  const snapshot = await openSnapshot(repository, root, timestamp);
  const listed = snapshot.metadata.signed;
  const targets = await openListing(repository, listed, "targets");
  checkSignatures(root.metadata, "targets", targets);
  checkTargets(targets.metadata);
  const delegated = new Map<DelegatedRole, Document<Targets>>();
  for (const role of delegatedRoles(targets.metadata.signed)) {
    const document = await openListing(repository, listed, role);
    checkSignatures(targets.metadata, role, document);
    checkListing(role, document.metadata);
    delegated.set(role, document);
  }
  return { root, targets, delegated, snapshot, timestamp };
};
