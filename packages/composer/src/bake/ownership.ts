/** Who owns what in a tree, as a port: only root can really give files away. */
import { lchownSync, lstatSync } from "node:fs";

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
}

export interface Ownership {
  /** Gives a node (never what a symbolic link points to) to an owner. `hostPath` works on this machine. */
  set(hostPath: string, owner: FileOwner): void;
  /** Whose a node is. */
  of(hostPath: string): FileOwner;
}

/** The file system's own; needs root. */
export const realOwnership: Ownership = {
  set: (hostPath, { uid, gid }) => lchownSync(hostPath, uid, gid),
  of: (hostPath) => {
    const { uid, gid } = lstatSync(hostPath);
    return { uid, gid };
  },
};

/**
 * Remembers owners instead of setting them, by device and inode, so that renames keep them: for tests, and for whoever
 * may not change owners. What was never given to anybody belongs to root.
 */
export const recordedOwnership = (): Ownership => {
  const owners = new Map<string, FileOwner>();
  const key = (hostPath: string): string => {
    // Numbers of inodes are used again; with the time of birth they are not.
    const { dev, ino, birthtimeNs } = lstatSync(hostPath, { bigint: true });
    return `${dev}:${ino}:${birthtimeNs}`;
  };
  return {
    set: (hostPath, owner) => void owners.set(key(hostPath), owner),
    of: (hostPath) => owners.get(key(hostPath)) ?? { uid: 0, gid: 0 },
  };
};
