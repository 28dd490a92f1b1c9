/**
 * From a draft to files that clients read.
 *
 * A crash at any point leaves a repository that clients can read. Every file but two has its version or its digest in its name, and no
 * timestamp that was ever written leads to that name before this commit's does: until the timestamp is renamed into place everybody reads the
 * old files, from then on the new ones, which are all there. What a crash leaves behind is written over by the next commit, which takes the same
 * versions. The second exception is the root, which clients look for by counting: a new one comes last, and what came before it is signed for those
 * who know the old root too, so that it does not matter who has seen which.
 */
import path from "node:path";
import type { Root, Snapshot, Targets, Timestamp } from "@tufjs/models";
import type { RoleKeys } from "./check-metadata.ts";
import {
  draftSnapshot,
  draftTimestamp,
  roleKeysOf,
  sha256Hex,
  type SnapshotMeta,
  type TargetChange,
  withDocuments,
} from "./draft.ts";
import type { DurableFiles } from "../durable/files.ts";
import type { Keyring } from "./keyring.ts";
import { badRepository, type Document } from "./metadata-text.ts";
import { metadataPath, type RepositoryMetadata } from "./open-metadata.ts";
import {
  type DelegatedRole,
  metadataFile,
  type Role,
  targetFile,
  type TopRole,
} from "@slipway/release";
import { signMetadata, type Signers } from "./sign-metadata.ts";

/** What a commit starts from. A repository that is being made has nothing but the root that will be its first. */
export interface Base {
  readonly root: Document<Root>;
  readonly targets: Document<Targets> | undefined;
  readonly delegated: ReadonlyMap<DelegatedRole, Document<Targets>>;
  readonly snapshot: Document<Snapshot> | undefined;
  readonly timestamp: Document<Timestamp> | undefined;
  /** What the new snapshot keeps of the old one. */
  readonly meta: SnapshotMeta;
  /** The versions after which those of this commit come. */
  readonly versions: { readonly snapshot: number; readonly timestamp: number };
}

/** What is said anew. The snapshot and the timestamp follow from it. */
export interface Draft {
  readonly root?: Root;
  readonly targets?: Targets;
  readonly delegated?: ReadonlyMap<DelegatedRole, Targets>;
  /** The files listed anew, to be written. */
  readonly files?: readonly TargetChange[];
  /** Signs the snapshot although nothing in it changed: for a later date, or with other keys. */
  readonly renewSnapshot?: boolean;
  /** The same for the timestamp. */
  readonly renewTimestamp?: boolean;
}

export interface CommitOptions {
  readonly keys: Keyring;
  readonly now: Date;
  readonly files: DurableFiles;
}

export const baseOf = ({
  root,
  targets,
  delegated,
  snapshot,
  timestamp,
}: RepositoryMetadata): Base => ({
  root,
  targets,
  delegated,
  snapshot,
  timestamp,
  meta: snapshot.metadata.signed.meta,
  versions: {
    snapshot: snapshot.metadata.signed.version,
    timestamp: timestamp.metadata.signed.version,
  },
});

const READABLE = 0o644;

const knownKeys = (delegator: Root | Targets, role: Role): RoleKeys => {
  const keys = roleKeysOf(delegator, role);
  if (keys === undefined) throw badRepository(`nobody says who signs for ${role}`);
  return keys;
};

/** For a role that the root names: the new root's keys must sign, and the old one's may. */
const topSigners = (base: Base, root: Root, role: TopRole): Signers => ({
  needed: [knownKeys(root, role)],
  welcome: knownKeys(base.root.metadata.signed, role).keyIDs,
});

/** For the root: the keys of the old one and its own. */
const rootSigners = (base: Base, root: Root): Signers => ({
  needed: [knownKeys(base.root.metadata.signed, "root"), knownKeys(root, "root")],
  welcome: [],
});

interface SignedDraft extends RepositoryMetadata {
  /** In the order in which they are to be written. */
  readonly changed: readonly Document[];
}

const signDelegated = async (
  { delegated }: Draft,
  targets: Document<Targets>,
  keys: Keyring,
): Promise<ReadonlyMap<DelegatedRole, Document<Targets>>> => {
  const signed = new Map<DelegatedRole, Document<Targets>>();
  for (const [role, listing] of delegated ?? []) {
    const needed = [knownKeys(targets.metadata.signed, role)];
    signed.set(role, await signMetadata(role, listing, { needed, welcome: [] }, keys));
  }
  return signed;
};

const signTargets = async (base: Base, draft: Draft, root: Root, keys: Keyring) => {
  if (draft.targets !== undefined)
    return signMetadata("targets", draft.targets, topSigners(base, root, "targets"), keys);
  if (base.targets === undefined) throw new TypeError("there are no targets to keep");
  return base.targets;
};

const signSnapshot = async (
  base: Base,
  draft: Draft,
  root: Root,
  { changed, keys, now }: { changed: readonly Document[]; keys: Keyring; now: Date },
): Promise<Document<Snapshot>> => {
  const isSame = changed.length === 0 && draft.renewSnapshot !== true;
  if (isSame && base.snapshot !== undefined) return base.snapshot;
  const meta = withDocuments(base.meta, changed);
  const snapshot = draftSnapshot(meta, base.versions.snapshot + 1, now);
  return signMetadata("snapshot", snapshot, topSigners(base, root, "snapshot"), keys);
};

const signTimestamp = async (
  base: Base,
  draft: Draft,
  root: Root,
  { snapshot, keys, now }: { snapshot: Document<Snapshot>; keys: Keyring; now: Date },
): Promise<Document<Timestamp>> => {
  const isSame = snapshot === base.snapshot && draft.renewTimestamp !== true;
  if (isSame && base.timestamp !== undefined) return base.timestamp;
  const timestamp = draftTimestamp(snapshot, base.versions.timestamp + 1, now);
  return signMetadata("timestamp", timestamp, topSigners(base, root, "timestamp"), keys);
};

/** Signs everything before anything is written: a key that is missing leaves no trace. */
const signDraft = async (
  base: Base,
  draft: Draft,
  { keys, now }: CommitOptions,
): Promise<SignedDraft> => {
  const root =
    draft.root === undefined
      ? base.root
      : await signMetadata("root", draft.root, rootSigners(base, draft.root), keys);
  const top = root.metadata.signed;
  const targets = await signTargets(base, draft, top, keys);
  const delegated = await signDelegated(draft, targets, keys);
  const changed = [...delegated.values(), ...(draft.targets === undefined ? [] : [targets])];
  const snapshot = await signSnapshot(base, draft, top, { changed, keys, now });
  const timestamp = await signTimestamp(base, draft, top, { snapshot, keys, now });
  const kept = [...base.delegated].filter(([role]) => !delegated.has(role));
  return {
    root,
    targets,
    delegated: new Map([...kept, ...delegated]),
    snapshot,
    timestamp,
    changed: [
      ...changed,
      ...(snapshot === base.snapshot ? [] : [snapshot]),
      ...(timestamp === base.timestamp ? [] : [timestamp]),
      ...(draft.root === undefined ? [] : [root]),
    ],
  };
};

export interface Committed {
  readonly metadata: RepositoryMetadata;
  /** The roles whose metadata is new, in the order in which it was written. */
  readonly changed: readonly Role[];
}

/** Signs a draft and writes it, in the order that keeps the repository readable. The caller holds the repository's lock. */
export const commitDraft = async (
  repository: string,
  base: Base,
  draft: Draft,
  options: CommitOptions,
): Promise<Committed> => {
  const { changed, ...metadata } = await signDraft(base, draft, options);
  const { write } = options.files;
  for (const { path: target, bytes } of draft.files ?? [])
    await write(path.join(repository, targetFile(target, sha256Hex(bytes))), bytes, READABLE);
  for (const { role, metadata: document, bytes } of changed) {
    const name = metadataFile(role, document.signed.version);
    await write(metadataPath(repository, name), bytes, READABLE);
  }
  return { metadata, changed: changed.map(({ role }) => role) };
};
