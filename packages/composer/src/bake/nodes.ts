/** Directories, files and links of a config, made in a tree with Ignition's semantics. */
import { posix } from "node:path";
import type { Finding, Owner } from "@slipway/ignition-config";
import type { Databases } from "../accounts/databases.ts";
import { ContentsError, separate, writeParts } from "./contents.ts";
import type { PlannedNode } from "./creation-order.ts";
import { finding } from "./finding.ts";
import { type InRoot, parentOf } from "./in-root-path.ts";
import type { RootDirectory } from "./root-directory.ts";
import { errnoOf, TreeError } from "./tree-error.ts";

export interface NodeContext {
  readonly root: RootDirectory;
  /** Owners' names are looked up here, never on this machine. */
  readonly databases: Databases;
  readonly limitBytes: number;
}

/** Makes one node; what stands against it is returned. */
export const makeNode = async (
  context: NodeContext,
  node: PlannedNode,
): Promise<readonly Finding[]> => {
  const range = node.item.origin;
  try {
    if (node.item.overwrite === true) context.root.remove(node.path);
    await create(context, node);
    return [];
  } catch (error) {
    if (error instanceof ContentsError) {
      const message = `${node.item.path}: ${error.message}`;
      return [finding("error", "contents-failed", message, { range: error.range, hint: error.hint })];
    }
    if (error instanceof UnknownOwner) {
      const message = `${node.item.path}: ${error.message}`;
      return [finding("error", "unknown-owner", message, { range, hint: error.hint })];
    }
    const fact = factOf(error);
    if (fact === undefined) throw error;
    return [finding("error", "node-conflict", `${node.item.path}: ${fact}`, { range, hint: OVERWRITE })];
  }
};

const OVERWRITE = "set overwrite: true to replace what is there, or choose another path";

/** What to say of an error that the tree's state explains; undefined for any other. */
export const factOf = (error: unknown): string | undefined => {
  if (error instanceof TreeError) return `${error.fact} at ${error.path}`;
  switch (errnoOf(error)) {
    case "EISDIR":
    case "ENOTEMPTY":
      return "a directory is in the way";
    case "ENOTDIR":
      return "a node that is no directory is in the way";
    case "ENOENT":
      return "what it needs does not exist";
    case "EEXIST":
      return "a node is in the way";
    case "ENAMETOOLONG":
      return "the name is too long";
    case "EPERM":
    case "EINVAL":
      return "the file system does not allow it";
    default:
      return undefined;
  }
};

const create = async (context: NodeContext, node: PlannedNode): Promise<void> => {
  switch (node.kind) {
    case "directory":
      return createDirectory(context, node);
    case "file":
      return await createFile(context, node);
    case "symlink":
      return createSymlink(context, node);
    case "hard link":
      return createHardLink(context, node);
  }
};

type Planned<K extends PlannedNode["kind"]> = Extract<PlannedNode, { readonly kind: K }>;

const createDirectory = (context: NodeContext, { path, item }: Planned<"directory">): void => {
  const { root } = context;
  const stats = root.lstat(path);
  if (stats === undefined) root.makeDirectories(path);
  else if (!stats.isDirectory()) throw new TreeError("a node that is no directory is there", path);
  setPermissions(context, path, item);
};

const createFile = async (
  context: NodeContext,
  { path, item }: Planned<"file">,
): Promise<void> => {
  const { root, limitBytes } = context;
  const stats = root.lstat(path);
  if (stats !== undefined && !stats.isFile()) {
    throw new TreeError("a node that is no regular file is there", path);
  }
  if (stats !== undefined && item.contents !== undefined) {
    throw new TreeError("a file is there", path);
  }
  const parts = [...(item.contents === undefined ? [] : [item.contents]), ...item.append];
  if (stats === undefined || parts.length > 0) {
    await writeParts(root, path, { keepsPresent: stats !== undefined, parts }, limitBytes);
  }
  setPermissions(context, path, item);
};

const createSymlink = (context: NodeContext, { path, item }: Planned<"symlink">): void => {
  const { root } = context;
  const stats = root.lstat(path);
  if (stats === undefined) {
    root.makeDirectories(parentOf(path));
    root.symlink(item.target, path);
    setPermissions(context, path, item);
  } else if (!stats.isSymbolicLink()) {
    throw new TreeError("a node that is no symbolic link is there", path);
  } else {
    const present = root.readlink(path);
    if (posix.normalize(present) !== posix.normalize(item.target)) {
      throw new TreeError(`a link to ${present} is there`, path);
    }
  }
};

const createHardLink = ({ root }: NodeContext, { path, item }: Planned<"hard link">): void => {
  const target = root.resolve(`/${item.target}`);
  const stats = root.lstat(path);
  const wanted = root.lstat(target);
  if (wanted === undefined) throw new TreeError("the target of the hard link does not exist", target);
  if (wanted.isDirectory()) throw new TreeError("a hard link to a directory cannot be made", target);
  if (stats === undefined) {
    root.makeDirectories(parentOf(path));
    root.link(target, path);
  } else if (stats.ino !== wanted.ino || stats.dev !== wanted.dev) {
    throw new TreeError(`a node that is not the same file as ${target} is there`, path);
  }
};

/** The owner first, then the mode: giving a file away clears its set-id bits. What is not given stays as it is. */
const setPermissions = (
  context: NodeContext,
  path: InRoot,
  item: { readonly user?: Owner; readonly group?: Owner; readonly mode?: number },
): void => {
  const { root, databases } = context;
  const uid = idOf(item.user, "user", (name) => databases.passwd.find((user) => user.name === name)?.uid);
  const gid = idOf(
    item.group,
    "group",
    (name) => databases.group.find((group) => group.name === name)?.gid,
  );
  if (uid === undefined && gid === undefined && item.mode === undefined) return;
  separate(root, path);
  if (uid !== undefined || gid !== undefined) {
    const present = root.ownerOf(path);
    root.setOwner(path, { uid: uid ?? present.uid, gid: gid ?? present.gid });
  }
  if (item.mode !== undefined) root.setMode(path, item.mode);
};

class UnknownOwner extends Error {
  override readonly name = "UnknownOwner";
  readonly hint: string = "name an account that a package or this config makes, or give its id";
}

const idOf = (
  owner: Owner | undefined,
  kind: "user" | "group",
  find: (name: string) => number | undefined,
): number | undefined => {
  if (owner?.id !== undefined) return owner.id;
  if (owner?.name === undefined || owner.name === "") return undefined;
  const id = find(owner.name);
  if (id === undefined) throw new UnknownOwner(`there is no ${kind} ${JSON.stringify(owner.name)}`);
  return id;
};
