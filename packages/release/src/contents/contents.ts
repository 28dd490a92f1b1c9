/**
 * What is in a release, as far as an operator wants to know before a node takes it: a file of the repository that the manifest names by its digest. It
 * is for people and for forecasts; nothing that a node boots by is decided by it.
 */

/** systemd runs one manager for the system and one for each user. */
export const UNIT_MANAGERS = ["system", "user"] as const;

/** `enabled`: something starts it, or another name of it does; `masked`: nothing can; `idle`: it is there. */
export const UNIT_STATES = ["enabled", "idle", "masked"] as const;

export interface ContainedPackage {
  readonly name: string;
  readonly version: string;
  /** Debian's, such as `amd64` or `all`. */
  readonly architecture: string;
}

export interface ContainedUnit {
  readonly manager: (typeof UNIT_MANAGERS)[number];
  readonly unit: string;
  readonly state: (typeof UNIT_STATES)[number];
  /** Another one where its file or a drop-in has other contents: 16 hexadecimal digits. */
  readonly mark: string;
}

interface Owned {
  /** Below /etc, without a leading slash; empty for /etc itself. */
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
}

export interface ContainedDirectory extends Owned {
  readonly kind: "directory";
  readonly mode: number;
}

export interface ContainedFile extends Owned {
  readonly kind: "file";
  readonly mode: number;
  readonly sha256: string;
}

export interface ContainedLink extends Owned {
  readonly kind: "symlink";
  readonly target: string;
}

/** A file, directory or link of the image's own /etc. */
export type ContainedEtc = ContainedDirectory | ContainedFile | ContainedLink;

export interface ReleaseContents {
  /** Of the boot entry, in their order. */
  readonly kernelArguments: readonly string[];
  /** By name, then architecture. */
  readonly packages: readonly ContainedPackage[];
  /** By manager, then name. */
  readonly units: readonly ContainedUnit[];
  /** By path. */
  readonly etc: readonly ContainedEtc[];
}
