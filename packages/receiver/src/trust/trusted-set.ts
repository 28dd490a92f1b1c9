/**
 * tuf-js's set of trusted metadata, which makes the checks of the TUF specification's client workflow (5.3 to 5.6) on bytes that it is given. Its
 * `Updater`, which would fetch and keep the bytes as well, is not used: it writes files that a power cut can tear, and it turns the reasons of
 * refusals into text.
 */
import {
  Metadata,
  MetadataKind,
  type Root,
  type Snapshot,
  type Targets,
  type Timestamp,
} from "@tufjs/models";
import type { Document } from "./document.ts";
import { TrustedMetadataStore } from "tuf-js/dist/store.js";

/**
 * The library takes the time from the machine. It is ours to say what time it is, and where a changed library no longer listens, that must not
 * go unnoticed.
 */
const setReferenceTime = (set: TrustedMetadataStore, now: Date): void => {
  if (!(Reflect.get(set, "referenceTime") instanceof Date))
    throw new Error("tuf-js keeps its time elsewhere than it did: this release of it is not known");
  Reflect.set(set, "referenceTime", now);
};

/** A set that trusts a root, expired or not (5.2), and measures expiry by this moment (5.1). */
export const openSet = (root: Uint8Array, now: Date): TrustedMetadataStore => {
  const set = new TrustedMetadataStore(asBuffer(root));
  setReferenceTime(set, now);
  return set;
};

/** The library wants a Buffer; this one shares the bytes. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * The library's form of a document.
 * @throws the library's errors, where it does not take the document.
 */
export const parseMetadata = ({
  type,
  json,
}: Document): Metadata<Root | Timestamp | Snapshot | Targets> => {
  switch (type) {
    case "root":
      return Metadata.fromJSON(MetadataKind.Root, json);
    case "timestamp":
      return Metadata.fromJSON(MetadataKind.Timestamp, json);
    case "snapshot":
      return Metadata.fromJSON(MetadataKind.Snapshot, json);
    case "targets":
      return Metadata.fromJSON(MetadataKind.Targets, json);
  }
};

export type RootMetadata = Metadata<Root>;

export const parseRoot = ({ json }: Document): RootMetadata =>
  Metadata.fromJSON(MetadataKind.Root, json);

export const parseTimestamp = ({ json }: Document): Metadata<Timestamp> =>
  Metadata.fromJSON(MetadataKind.Timestamp, json);

export const parseTargets = ({ json }: Document): Metadata<Targets> =>
  Metadata.fromJSON(MetadataKind.Targets, json);

/** Who names the keys of a role. */
export type Delegator = Metadata<Root | Targets>;

interface RoleKeys {
  readonly keyIDs: readonly string[];
  readonly threshold: number;
}

/** The keys that may sign for a role. */
export const roleKeys = ({ signed }: Delegator, role: string): RoleKeys | undefined => {
  const roles =
    signed.type === MetadataKind.Root ? signed.roles : (signed.delegations?.roles ?? {});
  return Object.hasOwn(roles, role) ? roles[role] : undefined;
};

/** The ids of all keys that a root or a list of delegations knows, for whichever role. */
export const knownKeys = ({ signed }: Delegator): ReadonlySet<string> =>
  new Set(
    Object.keys(signed.type === MetadataKind.Root ? signed.keys : (signed.delegations?.keys ?? {})),
  );

/** Which of the role's keys have validly signed. */
export const validSigners = (
  delegator: Delegator,
  role: string,
  metadata: Parameters<Delegator["verifyDelegate"]>[1],
): readonly string[] => {
  const keys =
    delegator.signed.type === MetadataKind.Root
      ? delegator.signed.keys
      : (delegator.signed.delegations?.keys ?? {});
  return (roleKeys(delegator, role)?.keyIDs ?? []).filter((id) => {
    try {
      keys[id]?.verifySignature(metadata);
      return keys[id] !== undefined;
    } catch {
      return false;
    }
  });
};
