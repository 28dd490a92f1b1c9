/** Where what is in a repository: every file's place, from what it is, and back. Publishers write these names and nodes in the field ask for them. */
import { IMAGE_NAME, NAME, VERSION } from "../wire/shapes.ts";

/** What names a release of one architecture. */
export interface ReleaseName {
  readonly image: string;
  readonly version: string;
  readonly architecture: string;
}

export interface ChannelName {
  readonly image: string;
  readonly name: string;
}

export const blobPath = (sha256: string): string => `blobs/${sha256.slice(0, 2)}/${sha256}`;

/** The name by which the image role lists a manifest. */
export const releaseTarget = ({ image, version, architecture }: ReleaseName): string =>
  `releases/${image}/${version}/${architecture}.json`;

/** The name by which the online role lists a channel. */
export const channelTarget = ({ image, name }: ChannelName): string =>
  `channels/${image}/${name}.json`;

/** Where a target is: consistent snapshots have its digest in front of its last name, so that it never changes under a client. */
export const targetFile = (target: string, sha256: string): string => {
  const at = target.lastIndexOf("/") + 1;
  return `targets/${target.slice(0, at)}${sha256}.${target.slice(at)}`;
};

/** The file of a role's metadata. Versions stand in all names but that of the timestamp, with which every look begins. */
export const metadataFile = (role: string, version: number): string =>
  role === "timestamp" ? "timestamp.json" : `${version}.${role}.json`;

export const roleFile = (role: string, version: number): string =>
  `metadata/${metadataFile(role, version)}`;

export const TIMESTAMP_FILE: string = roleFile("timestamp", 0);

const inside = ({ pattern }: { readonly pattern: RegExp }): string => pattern.source.slice(1, -1);

/** An architecture that nobody knows yet is one all the same: old nodes pass over the releases of machines that come later. */
const RELEASE = new RegExp(
  `^releases/(${inside(IMAGE_NAME)})/(${inside(VERSION)})/([a-z0-9_]{1,32})\\.json$`,
);

/** The release that a target's name stands for. */
export const releaseOfTarget = (target: string): ReleaseName | undefined => {
  const [, image, version, architecture] = RELEASE.exec(target) ?? [];
  return image === undefined || version === undefined || architecture === undefined
    ? undefined
    : { image, version, architecture };
};

const CHANNEL = new RegExp(`^channels/(${inside(IMAGE_NAME)})/(${inside(NAME)})\\.json$`);

/** The channel that a target's name stands for. */
export const channelOfTarget = (target: string): ChannelName | undefined => {
  const [, image, name] = CHANNEL.exec(target) ?? [];
  return image === undefined || name === undefined ? undefined : { image, name };
};

/** What a file of a repository is, by its name alone. */
export type RepositoryFile =
  | { readonly kind: "timestamp" }
  | { readonly kind: "metadata"; readonly role: string; readonly version: number }
  | { readonly kind: "target"; readonly target: string; readonly sha256: string }
  | { readonly kind: "blob"; readonly sha256: string };

const METADATA = /^metadata\/([1-9][0-9]{0,14})\.([a-z0-9][a-z0-9._-]{0,80})\.json$/;
const TARGET = /^targets\/((?:[A-Za-z0-9][A-Za-z0-9.~^_-]*\/)+)([0-9a-f]{64})\.([A-Za-z0-9_.-]+)$/;
const BLOB = /^blobs\/([0-9a-f]{2})\/([0-9a-f]{64})$/;

/** What the file at a path below the repository's root is; undefined for whatever a repository does not have. */
export const repositoryFile = (path: string): RepositoryFile | undefined => {
  if (path === TIMESTAMP_FILE) return { kind: "timestamp" };
  const [, version, role] = METADATA.exec(path) ?? [];
  if (version !== undefined && role !== undefined)
    return { kind: "metadata", role, version: Number(version) };
  const [, folder, digest, name] = TARGET.exec(path) ?? [];
  if (folder !== undefined && digest !== undefined && name !== undefined)
    return { kind: "target", target: `${folder}${name}`, sha256: digest };
  const [, prefix, sha256] = BLOB.exec(path) ?? [];
  if (prefix !== undefined && sha256?.startsWith(prefix) === true) return { kind: "blob", sha256 };
  return undefined;
};
