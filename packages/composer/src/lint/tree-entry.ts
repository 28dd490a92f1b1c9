import type { FileType } from "../file-type.ts";

/** An extended attribute: its full name, such as `security.capability`, and its value. */
export interface Xattr {
  readonly name: string;
  readonly value: Uint8Array;
}

/** One entry of a composed root tree. */
export interface TreeEntry {
  /** Absolute within the tree, `/` for its root; bytes that are not UTF-8 are written `\xNN`, see `treePath`. */
  readonly path: string;
  readonly isUtf8: boolean;
  /** Devices carry no numbers here, for none may be there. */
  readonly type: FileType;
  /** Permission bits with set-id and sticky bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** In bytes. */
  readonly size: number;
  readonly nlink: number;
  /** Equal for two names of one file, and only then. */
  readonly inode: string;
  /** What a link says, unresolved; only links have it. */
  readonly target?: string;
  readonly xattrs: readonly Xattr[];
  /**
   * The first `START_BYTES` of a regular file, fewer where the file is shorter, and at least its header where it is a
   * binary. Borrowed: valid only until the walk goes on.
   */
  readonly start?: Uint8Array;
}

/** As much of a file as rules see without asking: longer ones are neither configuration nor keys. */
export const START_BYTES: number = 64 * 1024;

/** The whole content of the regular file at exactly this path, or undefined when there is none or it exceeds a MiB. */
export type ReadContent = (path: string) => Uint8Array | undefined;
