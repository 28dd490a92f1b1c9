/** What a commit says anew, before anybody has signed it. Pure: versions count up, dates begin at `now`. */
import { createHash } from "node:crypto";
import {
  type Key,
  MetaFile,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from "@tufjs/models";
import {
  type DelegatedRole,
  isDelegatedRole,
  lifetimeSeconds,
  MAX_LISTED_FILES,
  pathsOf,
  type Role,
  type TopRole,
} from "@slipway/release";
import { ComposerError } from "../errors.ts";
import type { Document } from "./metadata-text.ts";
import { asJson } from "./metadata-text.ts";
import type { RoleKeys } from "./check-metadata.ts";

/** A file to be listed, or listed anew. */
export interface TargetChange {
  /** Its TUF path, which decides who lists it: `releases/<image>/<version>/<architecture>.json`, `channels/<image>/<channel>.json`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** What stands beside the file's digest in the list. */
  readonly custom?: unknown;
}

/** Files to list and to list no more. */
export interface TargetChanges {
  readonly put: readonly TargetChange[];
  readonly remove: readonly string[];
}

export const sha256Hex = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");

/** A moment as TUF writes it: whole seconds, UTC. */
export const tufTime = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace(/\.\d{3}Z$/, "Z");

export const expiryOf = (role: Role, now: Date): string =>
  tufTime(Math.floor(now.getTime() / 1000) + lifetimeSeconds(role));

const SPEC_VERSION = "1.0.31";

const common = (role: Role, version: number, now: Date) => ({
  specVersion: SPEC_VERSION,
  version,
  expires: expiryOf(role, now),
});

/** Keys and threshold of every role that the root names. */
export type RootRoles = Readonly<Record<TopRole, RoleDefinition>>;

export interface RoleDefinition {
  readonly keys: readonly Key[];
  readonly threshold: number;
}

const byId = (keys: readonly Key[]): Record<string, Key> =>
  Object.fromEntries(keys.map((key) => [key.keyID, key]));

const roleJson = ({ keys, threshold }: RoleDefinition) => ({
  keyids: keys.map(({ keyID }) => keyID),
  threshold,
});

const definitionOf = (root: Root, role: TopRole): RoleDefinition => {
  const { keyIDs = [], threshold = 1 } = root.roles[role] ?? {};
  return { keys: keyIDs.flatMap((id) => root.keys[id] ?? []), threshold };
};

export const rootRolesOf = (root: Root): RootRoles => ({
  root: definitionOf(root, "root"),
  targets: definitionOf(root, "targets"),
  snapshot: definitionOf(root, "snapshot"),
  timestamp: definitionOf(root, "timestamp"),
});

export const draftRoot = (roles: RootRoles, version: number, now: Date): Root => {
  const keys = byId(Object.values(roles).flatMap((role) => role.keys));
  return Root.fromJSON({
    _type: "root",
    spec_version: SPEC_VERSION,
    version,
    expires: expiryOf("root", now),
    consistent_snapshot: true,
    keys: Object.fromEntries(Object.entries(keys).map(([id, key]) => [id, key.toJSON()])),
    roles: Object.fromEntries(Object.entries(roles).map(([name, role]) => [name, roleJson(role)])),
  });
};

/** Who signs for the roles to which `targets` delegates. */
export type Delegations = ReadonlyMap<DelegatedRole, RoleDefinition>;

export const delegationsOf = (targets: Targets): Delegations => {
  const { keys = {}, roles = {} } = targets.delegations ?? {};
  const known = new Map<DelegatedRole, RoleDefinition>();
  for (const [name, { keyIDs, threshold }] of Object.entries(roles))
    if (isDelegatedRole(name))
      known.set(name, { keys: keyIDs.flatMap((id) => keys[id] ?? []), threshold });
  return known;
};

export const draftTargets = (delegations: Delegations, version: number, now: Date): Targets => {
  const keys = byId([...delegations.values()].flatMap((role) => role.keys));
  return Targets.fromJSON({
    _type: "targets",
    spec_version: SPEC_VERSION,
    version,
    expires: expiryOf("targets", now),
    targets: {},
    delegations: {
      keys: Object.fromEntries(Object.entries(keys).map(([id, key]) => [id, key.toJSON()])),
      roles: [...delegations].map(([name, role]) => ({
        ...roleJson(role),
        name,
        terminating: true,
        paths: [...pathsOf(name)],
      })),
    },
  });
};

const targetFile = ({ path, bytes, custom }: TargetChange): TargetFile =>
  new TargetFile({
    path,
    length: bytes.length,
    hashes: { sha256: sha256Hex(bytes) },
    ...(custom === undefined ? {} : { unrecognizedFields: { custom: asJson(custom) } }),
  });

/**
 * A delegated role's list; without changes the same list, of a new version and with a new date.
 * @throws ComposerError `LIST_FULL` when it would be longer than nodes take in.
 */
export const draftListing = (
  role: DelegatedRole,
  previous: Targets | undefined,
  now: Date,
  { put, remove }: TargetChanges = { put: [], remove: [] },
): Targets => {
  const removed = new Set(remove);
  const kept = Object.entries(previous?.targets ?? {}).filter(([path]) => !removed.has(path));
  const targets = Object.fromEntries([
    ...kept,
    ...put.map((change) => [change.path, targetFile(change)] as const),
  ]);
  const count = Object.keys(targets).length;
  if (put.length > 0 && count > MAX_LISTED_FILES)
    throw new ComposerError(
      "LIST_FULL",
      `${role} would list ${count} files, and nodes take in ${MAX_LISTED_FILES}`,
      { hint: "take old releases out with `slipway repo gc --keep N`, then publish again" },
    );
  return new Targets({ ...common(role, (previous?.version ?? 0) + 1, now), targets });
};

/** What the role above says of a metadata file: with its digest, so that one version has one text. */
export const metaFileOf = ({ metadata, bytes }: Document): MetaFile =>
  new MetaFile({
    version: metadata.signed.version,
    length: bytes.length,
    hashes: { sha256: sha256Hex(bytes) },
  });

export type SnapshotMeta = Readonly<Record<string, MetaFile>>;

/** Nothing ever leaves a snapshot: clients take a list that lost a role for a rollback. */
export const withDocuments = (
  meta: SnapshotMeta,
  documents: readonly Document[],
): SnapshotMeta => ({
  ...meta,
  ...Object.fromEntries(
    documents.map((document) => [`${document.role}.json`, metaFileOf(document)]),
  ),
});

export const draftSnapshot = (meta: SnapshotMeta, version: number, now: Date): Snapshot =>
  new Snapshot({ ...common("snapshot", version, now), meta: { ...meta } });

export const draftTimestamp = (
  snapshot: Document<Snapshot>,
  version: number,
  now: Date,
): Timestamp =>
  new Timestamp({ ...common("timestamp", version, now), snapshotMeta: metaFileOf(snapshot) });

export const tufSignature = (keyID: string, signature: Uint8Array): Signature =>
  new Signature({ keyID, sig: Buffer.from(signature).toString("hex") });

/** Who may sign for a role, as its delegator says. */
export const roleKeysOf = (delegator: Root | Targets, role: Role): RoleKeys | undefined =>
  delegator instanceof Root ? delegator.roles[role] : delegator.delegations?.roles?.[role];
