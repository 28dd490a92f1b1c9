/**
 * The typed configuration, in Ignition's field names and nesting whatever the document's spelling was.
 * Every item keeps `origin`, the place in the author's text, for errors found later (when the tree is composed).
 */
import type { Range } from "../report/finding.ts";

/** What is to be done to a root tree, its accounts, its units and its kernel's command line. */
export interface Config {
  readonly kernelArguments: KernelArguments;
  readonly storage: Storage;
  readonly systemd: Systemd;
  readonly passwd: Passwd;
}

export interface KernelArguments {
  /** Arguments the command line must hold, in order; one may hold blanks (`a=b c`). */
  readonly shouldExist: readonly string[];
  /** Arguments the command line must not hold. */
  readonly shouldNotExist: readonly string[];
}

export interface Storage {
  readonly directories: readonly Directory[];
  readonly files: readonly File[];
  readonly links: readonly Link[];
}

/** An owner by number or by name, never both; neither means root for a new node. */
export interface Owner {
  /** 0 to 4294967294. */
  readonly id?: number;
  readonly name?: string;
}

/** What directories, files and links have in common. */
export interface Node {
  /** Absolute and clean: no `//`, `.`, `..`, no trailing slash, no NUL. */
  readonly path: string;
  /** Whether a node that is in the way is removed first; absent means no. */
  readonly overwrite?: boolean;
  readonly user?: Owner;
  readonly group?: Owner;
  readonly origin: Range;
}

export interface Directory extends Node {
  /** Permission bits, 0 to 0o7777; absent means 0755 for a new directory. */
  readonly mode?: number;
}

export interface File extends Node {
  /** Permission bits, 0 to 0o7777; absent means 0644 for a new file. */
  readonly mode?: number;
  /** Absent means: keep what is there, or make an empty file. */
  readonly contents?: Resource;
  /** Added to the end of the contents, in order. */
  readonly append: readonly Resource[];
}

export interface Link extends Node {
  /** For a symbolic link any text without NUL; for a hard link a path in the tree. Never empty. */
  readonly target: string;
  /** Whether it is a hard link; absent means a symbolic one. */
  readonly hard?: boolean;
}

/** Where bytes come from. `inline` and `data` hold them already. */
export type Resource = InlineResource | LocalResource | DataResource | RemoteResource;

interface ResourceNode {
  /** The bytes named here are compressed so and must be unpacked before use. */
  readonly compression?: "gzip";
  readonly verification?: Verification;
  readonly origin: Range;
}

export interface InlineResource extends ResourceNode {
  readonly kind: "inline";
  /** Written as UTF-8. */
  readonly text: string;
}

export interface LocalResource extends ResourceNode {
  readonly kind: "local";
  /** Resolved against the directory of the declaring document; absolute when that document's name is. */
  readonly path: string;
}

export interface DataResource extends ResourceNode {
  readonly kind: "data";
  /** The decoded bytes of a `data:` URL, still compressed if `compression` says so. */
  readonly bytes: Uint8Array;
}

/** Bytes that are fetched once, when the image is locked; the lock keeps their digest. */
export interface RemoteResource extends ResourceNode {
  readonly kind: "remote";
  /** `http:` or `https:`, without a user name or password. */
  readonly url: string;
  /** Sent to that address alone, not to one it redirects to. Their values may be secret. */
  readonly headers: readonly HttpHeader[];
}

export interface HttpHeader {
  readonly name: string;
  readonly value: string;
}

export interface Verification {
  /** `sha256-HEX` or `sha512-HEX` over the uncompressed bytes, hex in either case. */
  readonly hash: string;
}

export interface Systemd {
  readonly units: readonly Unit[];
}

export interface Unit {
  /** With its suffix, such as `foo.service` or `foo@1.service`. */
  readonly name: string;
  /** Absent means: what the presets of the image say. */
  readonly enabled?: boolean;
  /** Whether the unit is linked to `/dev/null`; wins over `contents`. `false` removes such a link. */
  readonly mask?: boolean;
  /** Absent or empty means: the unit comes from a package. */
  readonly contents?: string;
  readonly dropins: readonly Dropin[];
  readonly origin: Range;
}

export interface Dropin {
  /** Ends in `.conf`. */
  readonly name: string;
  /** Absent means no file; an empty text makes an empty file. */
  readonly contents?: string;
  readonly origin: Range;
}

export interface Passwd {
  readonly users: readonly User[];
  readonly groups: readonly Group[];
}

export interface User {
  readonly name: string;
  /** 0 to 4294967294. */
  readonly uid?: number;
  readonly gecos?: string;
  readonly homeDir?: string;
  readonly noCreateHome?: boolean;
  readonly noUserGroup?: boolean;
  readonly noLogInit?: boolean;
  /** A group's name or number. */
  readonly primaryGroup?: string;
  /** Supplementary groups by name. */
  readonly groups: readonly string[];
  /** A crypt(3) hash; absent or empty means a locked password. */
  readonly passwordHash?: string;
  readonly sshAuthorizedKeys: readonly string[];
  readonly shell?: string;
  /** Absent means yes; `false` removes the account. */
  readonly shouldExist?: boolean;
  readonly system?: boolean;
  readonly origin: Range;
}

export interface Group {
  readonly name: string;
  /** 0 to 4294967294. */
  readonly gid?: number;
  readonly passwordHash?: string;
  /** Absent means yes; `false` removes the group. */
  readonly shouldExist?: boolean;
  readonly system?: boolean;
  readonly origin: Range;
}
