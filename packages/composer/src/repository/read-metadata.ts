/**
 * A repository's metadata as a client of any age would follow it: every root from the first on, then timestamp, snapshot, and the roles that list
 * files, each by its signatures, version and digest. It is the publisher's and the auditor's way in; nothing is believed because it is on our disk.
 */
import { readdir } from "node:fs/promises";
import path from "node:path";
import type { Metadata, Root, Snapshot, Targets, Timestamp } from "@tufjs/models";
import {
  decodeRoot,
  decodeSnapshot,
  decodeTargets,
  decodeTimestamp,
  type Document,
  type Signed,
} from "../trust/metadata-text.ts";
import {
  isDelegatedRole,
  mostBytes,
  repositoryFile,
  type Role,
  roleFile,
  TIMESTAMP_FILE,
} from "@slipway/release";
import { type Problem, reasonOf, type Report } from "./problem.ts";
import { readSmallFile } from "./read-file.ts";
import { badSignatures } from "./signatures.ts";

export interface SignedMetadata {
  /** All of them, the first one first. */
  readonly roots: readonly Metadata<Root>[];
  readonly timestamp: Metadata<Timestamp>;
  readonly snapshot: Metadata<Snapshot>;
  readonly targets: Metadata<Targets>;
  /** The roles to which targets delegates, by name, with the file that each is in. */
  readonly delegated: ReadonlyMap<string, DelegatedMetadata>;
  /** Every file that was read: all that a client needs today. */
  readonly files: ReadonlySet<string>;
}

export interface DelegatedMetadata {
  readonly file: string;
  readonly metadata: Metadata<Targets>;
}

interface Reading {
  readonly repo: string;
  readonly now: Date;
  readonly files: Set<string>;
  readonly report: (file: string, message: string, kind?: Problem["kind"]) => void;
}

/** How far a repository's metadata could be followed. */
export interface FollowedMetadata {
  /** The sound ones, from the first one on. */
  readonly roots: readonly Metadata<Root>[];
  /** Whether all roots are sound, so that what they did not sign is nobody's. */
  readonly rootsAreSound: boolean;
  /** All of it, unless a file that leads to others is broken. */
  readonly metadata?: SignedMetadata;
}

/** Follows the metadata. What is wrong goes to `report`, which may throw. */
export const readMetadata = async (
  repo: string,
  now: Date,
  report: Report,
): Promise<FollowedMetadata> => {
  const reading: Reading = {
    repo,
    now,
    files: new Set(),
    report: (file, message, kind = "broken") => report({ file, message, kind }),
  };
  const { roots, sound } = await readRoots(reading);
  const followed = { roots, rootsAreSound: sound };
  const root = roots.at(-1);
  if (root === undefined || !sound) return followed;
  const { timestamp, snapshot, targets } = await readTopRoles(reading, root, roots);
  if (timestamp === undefined || snapshot === undefined || targets === undefined) return followed;
  const delegated = await readDelegated(reading, snapshot, targets);
  const { files } = reading;
  return { ...followed, metadata: { roots, timestamp, snapshot, targets, delegated, files } };
};

/** The metadata in a file, or nothing where the file is none; that is reported. */
const readDocument = async <T extends Signed>(
  { repo, files, report }: Reading,
  file: string,
  role: Role,
  decode: (bytes: Uint8Array) => Document<T>,
): Promise<Document<T> | undefined> => {
  files.add(file);
  const found = await readSmallFile(repo, file, mostBytes(role));
  switch (found.kind) {
    case "absent":
      report(file, "is not there");
      return undefined;
    case "too-large":
      report(file, `has ${found.size} bytes, more than the ${mostBytes(role)} that clients read`);
      return undefined;
    case "bytes":
      try {
        return decode(found.bytes);
      } catch (error) {
        report(file, `is no metadata of ${role}: ${reasonOf(error)}`);
        return undefined;
      }
  }
};

const checkExpiry = (
  { now, report }: Reading,
  file: string,
  { signed }: Metadata<Signed>,
): void => {
  if (signed.isExpired(now)) report(file, `expired at ${signed.expires}`, "expired");
};

const readRoots = async (
  reading: Reading,
): Promise<{ readonly roots: readonly Metadata<Root>[]; readonly sound: boolean }> => {
  const versions = await rootVersions(reading.repo);
  const roots: Metadata<Root>[] = [];
  for (let version = 1; version <= Math.max(1, versions.at(-1) ?? 0); version += 1) {
    const root = await readRoot(reading, version, roots.at(-1));
    if (root === undefined) return { roots, sound: false };
    roots.push(root);
  }
  const last = roots.at(-1);
  if (last !== undefined) checkExpiry(reading, roleFile("root", roots.length), last);
  return { roots, sound: true };
};

/** A root that is signed by itself and by the one before. */
const readRoot = async (
  reading: Reading,
  version: number,
  before: Metadata<Root> | undefined,
): Promise<Metadata<Root> | undefined> => {
  const file = roleFile("root", version);
  const document = await readDocument(reading, file, "root", (bytes) => decodeRoot(bytes, file));
  if (document === undefined) return undefined;
  const { metadata } = document;
  const wrong =
    metadata.signed.version === version
      ? badSignatures("root", metadata, before === undefined ? [metadata] : [before, metadata])
      : [`says that it is version ${metadata.signed.version}`];
  for (const message of wrong) reading.report(file, message);
  return wrong.length === 0 ? metadata : undefined;
};

const MOST_ROOTS = 1024;

const rootVersions = async (repo: string): Promise<readonly number[]> => {
  const names = await readdir(path.join(repo, "metadata")).catch(() => []);
  return names
    .flatMap((name) => {
      const file = repositoryFile(`metadata/${name}`);
      // A root far beyond the others is no successor of theirs: it is reported as a file that nothing names.
      const isRoot = file?.kind === "metadata" && file.role === "root";
      return isRoot && file.version <= MOST_ROOTS ? [file.version] : [];
    })
    .toSorted((a, b) => a - b);
};

interface TopRoles {
  readonly timestamp?: Metadata<Timestamp>;
  readonly snapshot?: Metadata<Snapshot>;
  readonly targets?: Metadata<Targets>;
}

const readTopRoles = async (
  reading: Reading,
  root: Metadata<Root>,
  roots: readonly Metadata<Root>[],
): Promise<TopRoles> => {
  const timestamp = await readDocument(reading, TIMESTAMP_FILE, "timestamp", (bytes) =>
    decodeTimestamp(bytes, TIMESTAMP_FILE),
  );
  if (timestamp === undefined || !isSigned(reading, TIMESTAMP_FILE, timestamp, root, roots))
    return {};

  const { snapshotMeta } = timestamp.metadata.signed;
  const snapshotFile = roleFile("snapshot", snapshotMeta.version);
  const snapshot = await readDocument(reading, snapshotFile, "snapshot", (bytes) =>
    decodeSnapshot(bytes, snapshotFile),
  );
  if (snapshot === undefined || !isListed(reading, snapshotFile, snapshot, snapshotMeta)) return {};
  if (!isSigned(reading, snapshotFile, snapshot, root, roots)) return {};

  const targetsMeta = snapshot.metadata.signed.meta["targets.json"];
  if (targetsMeta === undefined) {
    reading.report(snapshotFile, "names no targets.json");
    return {};
  }
  const targetsFile = roleFile("targets", targetsMeta.version);
  const targets = await readDocument(reading, targetsFile, "targets", (bytes) =>
    decodeTargets(bytes, "targets", targetsFile),
  );
  if (targets === undefined || !isListed(reading, targetsFile, targets, targetsMeta)) return {};
  if (!isSigned(reading, targetsFile, targets, root, roots)) return {};
  return {
    timestamp: timestamp.metadata,
    snapshot: snapshot.metadata,
    targets: targets.metadata,
  };
};

/** Whether a file is signed as it must be. What is not leads nowhere. */
const isSigned = (
  reading: Reading,
  file: string,
  { role, metadata }: Document,
  delegator: Metadata<Root> | Metadata<Targets>,
  before: readonly Metadata<Root>[] = [],
): boolean => {
  const wrong = badSignatures(role, metadata, [delegator], before);
  for (const message of wrong) reading.report(file, message);
  checkExpiry(reading, file, metadata);
  return wrong.length === 0;
};

/** Whether a file is the one that the signed list before it means. */
const isListed = (
  { report }: Reading,
  file: string,
  { metadata, bytes }: Document,
  listed: Timestamp["snapshotMeta"],
): boolean => {
  try {
    listed.verify(Buffer.from(bytes));
  } catch (error) {
    report(file, `is not the file that is listed: ${reasonOf(error)}`);
    return false;
  }
  if (metadata.signed.version === listed.version) return true;
  report(file, `says that it is version ${metadata.signed.version}, not ${listed.version}`);
  return false;
};

const readDelegated = async (
  reading: Reading,
  { signed: { meta } }: Metadata<Snapshot>,
  targets: Metadata<Targets>,
): Promise<ReadonlyMap<string, DelegatedMetadata>> => {
  const delegated = new Map<string, DelegatedMetadata>();
  for (const [role, delegation] of Object.entries(targets.signed.delegations?.roles ?? {})) {
    const listed = meta[`${role}.json`];
    // A role that nobody has signed for yet lists nothing.
    if (listed === undefined || !isDelegatedRole(role)) continue;
    const file = roleFile(role, listed.version);
    const document = await readDocument(reading, file, role, (bytes) =>
      decodeTargets(bytes, role, file),
    );
    if (document === undefined) continue;
    if (!isListed(reading, file, document, listed)) continue;
    if (!isSigned(reading, file, document, targets)) continue;
    for (const target of Object.keys(document.metadata.signed.targets))
      if (!delegation.isDelegatedPath(target))
        reading.report(file, `lists ${target}, which is not for ${role} to list`);
    delegated.set(role, { file, metadata: document.metadata });
  }
  return delegated;
};
