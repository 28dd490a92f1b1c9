/** What can stand at a path of /etc, as far as an upgrade has to tell it apart. */

/**
 * A path below /etc without a leading slash, "" for /etc itself. Each character is one byte (latin1): names that are no
 * UTF-8 survive, and the order of strings is the order of bytes, in which every directory precedes what is in it.
 */
export type EtcPath = string;

interface Attributes {
  readonly uid: number;
  readonly gid: number;
  /** A digest of the extended attributes, access lists among them; "" for none. */
  readonly xattrs: string;
}

export interface EtcDirectory extends Attributes {
  readonly kind: "directory";
  /** Permission bits with set-id and sticky. */
  readonly mode: number;
}

export interface EtcFile extends Attributes {
  readonly kind: "file";
  readonly mode: number;
  readonly sha256: string;
}

export interface EtcLink extends Attributes {
  readonly kind: "symlink";
  /** As `EtcPath`: one character a byte. */
  readonly target: string;
}

export type EtcNode = EtcDirectory | EtcFile | EtcLink;

/** Everything below /etc by path; sockets, pipes and devices are not in it. */
export type EtcTree = ReadonlyMap<EtcPath, EtcNode>;

/** A link has no permissions of its own. */
export const modeOf = (node: EtcNode): number => (node.kind === "symlink" ? 0o777 : node.mode);

/** What a node holds, apart from its attributes. Of a directory that is nothing: what is in it has paths of its own. */
export const contentOf = (node: EtcNode): string => {
  switch (node.kind) {
    case "directory":
      return "";
    case "file":
      return node.sha256;
    case "symlink":
      return node.target;
  }
};

/** Whether two nodes, or their absence, are the same in everything that counts. */
export const isSameNode = (a: EtcNode | undefined, b: EtcNode | undefined): boolean => {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.kind === b.kind &&
    contentOf(a) === contentOf(b) &&
    modeOf(a) === modeOf(b) &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.xattrs === b.xattrs
  );
};

/** The first path at which two trees differ; undefined when they are the same. */
export const firstDifference = (a: EtcTree, b: EtcTree): EtcPath | undefined => {
  for (const path of [...new Set([...a.keys(), ...b.keys()])].sort()) {
    if (!isSameNode(a.get(path), b.get(path))) return path;
  }
  return undefined;
};

/** The directory that a path is in; "" is in none. */
export const parentOf = (path: EtcPath): EtcPath | undefined => {
  if (path === "") return undefined;
  const slash = path.lastIndexOf("/");
  return slash === -1 ? "" : path.slice(0, slash);
};

/** For people: the path as UTF-8, bytes that are none and control characters as `\xNN`. */
export const showPath = (path: EtcPath): string =>
  `/etc${path === "" ? "" : "/"}${showBytes(path)}`;

const showBytes = (bytes: string): string => {
  const text = Buffer.from(bytes, "latin1").toString("utf8");
  const isText = Buffer.from(text, "utf8").toString("latin1") === bytes;
  const shown = isText ? text : bytes;
  let out = "";
  for (const character of shown) {
    const code = character.codePointAt(0) ?? 0;
    const isPlain = (code >= 0x20 && code < 0x7f) || (isText && code >= 0xa0);
    out += isPlain ? character : `\\x${code.toString(16).padStart(2, "0")}`;
  }
  return out;
};
