/** Directories, files and links of a config, made in a tree with Ignition's semantics. */
import type { Finding, Owner, Resource } from "@slipway/ignition-config";
import type { Databases } from "../accounts/databases.ts";
import { checkResource, ContentsError, separate, writeParts } from "./contents.ts";
import type { PlannedNode } from "./creation-order.ts";
import { finding } from "./finding.ts";
import { placeOf } from "./ignition-path.ts";
import { type InRoot, parentOf } from "./in-root-path.ts";
import { conflictAt, type PlacedNode } from "./node-conflict.ts";
import type { FileOwner } from "./ownership.ts";
import type { RootDirectory } from "./root-directory.ts";
import { errnoOf } from "@slipway/host";
import { TreeError } from "./tree-error.ts";

export interface NodeContext {
  readonly root: RootDirectory;
  /** Owners' names are looked up here, never on this machine. */
  readonly databases: Databases;
  /** Accounts that the config makes, whether or not that has worked. */
  readonly promised: ReadonlySet<string>;
  readonly limitBytes: number;
}

/** Makes one node; what stands against it is returned. */
export const makeNode = (context: NodeContext, node: PlannedNode): Promise<readonly Finding[]> =>
  reported(node, async () => {
    const placed = place(context, node);
    if (node.item.overwrite === true) context.root.remove(placed.path);
    await create(context, placed);
  });

const place = ({ root }: NodeContext, node: PlannedNode): PlacedNode => ({
  ...node,
  path: root.resolveRelative(node.path),
});

/**
 * Says what would stand against a node, without making it.
 * @param isBelowOverwritten whether an item that was not made either would have cleared the place.
 */
export const checkNode = async (
  context: NodeContext,
  node: PlannedNode,
  isBelowOverwritten: boolean,
): Promise<readonly Finding[]> => {
  const found: Finding[] = [];
  const check = async (work: () => Promise<void> | void): Promise<void> => {
    found.push(...(await reported(node, work)));
  };
  if (!isBelowOverwritten && node.item.overwrite !== true) {
    await check(() => refuseConflict(context, place(context, node)));
  }
  const owners = [node.item.user?.name, node.item.group?.name];
  if (!owners.some((name) => name !== undefined && context.promised.has(name))) {
    await check(() => void ownersOf(context, node.item));
  }
  for (const part of node.kind === "file" ? partsOf(node.item) : []) {
    await check(() => checkResource(part, context.limitBytes));
  }
  return found;
};

const reported = async (
  { item }: PlannedNode,
  work: () => Promise<void> | void,
): Promise<readonly Finding[]> => {
  const range = item.origin;
  try {
    await work();
    return [];
  } catch (error) {
    if (error instanceof ContentsError) {
      const about = { range: error.range, hint: error.hint };
      return [finding("error", "contents-failed", `${item.path}: ${error.message}`, about)];
    }
    if (error instanceof UnknownOwner) {
      const about = { range, hint: error.hint };
      return [finding("error", "unknown-owner", `${item.path}: ${error.message}`, about)];
    }
    const fact = factOf(error);
    if (fact === undefined) throw error;
    return [finding("error", "node-conflict", `${item.path}: ${fact}`, { range, hint: OVERWRITE })];
  }
};

const OVERWRITE = "set overwrite: true to replace what is there, or choose another path";

/** What to say of an error that the tree's state explains; undefined for any other. */
export const factOf = (error: unknown): string | undefined =>
  error instanceof TreeError
    ? `${error.fact} at ${error.path}`
    : KERNEL_FACTS.get(errnoOf(error) ?? "");

/** What the tree is to blame for; no space and the like are not among it. */
const KERNEL_FACTS: ReadonlyMap<string, string> = new Map([
  ["EEXIST", "a node is in the way"],
  ["EINVAL", "the file system does not allow it"],
  ["EISDIR", "a directory is in the way"],
  ["ENAMETOOLONG", "the name is too long"],
  ["ENOENT", "what it needs does not exist"],
  ["ENOTDIR", "a node that is no directory is in the way"],
  ["ENOTEMPTY", "a directory is in the way"],
  ["EPERM", "the file system does not allow it"],
]);

const refuseConflict = ({ root }: NodeContext, node: PlacedNode): void => {
  const conflict = conflictAt(root, node);
  if (conflict !== undefined) throw conflict;
};

/** Makes what is not there yet, and gives it its owner and mode. */
const create = async (context: NodeContext, node: PlacedNode): Promise<void> => {
  const { root, limitBytes } = context;
  const { path } = node;
  refuseConflict(context, node);
  const isThere = root.lstat(path) !== undefined;
  switch (node.kind) {
    case "directory":
      root.makeDirectories(path);
      return setPermissions(context, path, node.item);
    case "file": {
      const parts = partsOf(node.item);
      if (!isThere || parts.length > 0) {
        await writeParts(root, path, { keepsPresent: isThere, parts }, limitBytes);
      }
      return setPermissions(context, path, node.item);
    }
    case "symlink":
      if (isThere) return;
      root.makeDirectories(parentOf(path));
      root.symlink(node.item.target, path);
      root.setOwner(path, pointedOwner(root, path));
      return setPermissions(context, path, node.item);
    case "hard link":
      if (isThere) return;
      root.makeDirectories(parentOf(path));
      return root.link(placeOf(root, `/${node.item.target}`), path);
  }
};

/** A new link belongs to whom its target belongs to, as Ignition looks it up; one that leads nowhere in the tree, to root. */
const pointedOwner = (root: RootDirectory, path: InRoot): FileOwner => {
  try {
    const target = root.resolveRelative(path, "follow");
    return root.lstat(target) === undefined ? ROOT : root.ownerOf(target);
  } catch (error) {
    if (error instanceof TreeError) return ROOT;
    throw error;
  }
};

const ROOT: FileOwner = { uid: 0, gid: 0 };

const partsOf = (
  item: Extract<PlannedNode, { readonly kind: "file" }>["item"],
): readonly Resource[] => [...(item.contents === undefined ? [] : [item.contents]), ...item.append];

interface Permissions {
  readonly user?: Owner;
  readonly group?: Owner;
  readonly mode?: number;
}

/** The owner first, then the mode: giving a file away clears its set-id bits. What is not given stays as it is. */
const setPermissions = (context: NodeContext, path: InRoot, item: Permissions): void => {
  const { root } = context;
  const { uid, gid } = ownersOf(context, item);
  if (uid === undefined && gid === undefined && item.mode === undefined) return;
  separate(root, path);
  if (uid !== undefined || gid !== undefined) {
    const present = root.ownerOf(path);
    root.setOwner(path, { uid: uid ?? present.uid, gid: gid ?? present.gid });
  }
  if (item.mode !== undefined) root.setMode(path, item.mode);
};

const ownersOf = (
  { databases }: NodeContext,
  { user, group }: Permissions,
): { readonly uid: number | undefined; readonly gid: number | undefined } => ({
  uid: idOf(user, "user", (name) => databases.passwd.find((entry) => entry.name === name)?.uid),
  gid: idOf(group, "group", (name) => databases.group.find((entry) => entry.name === name)?.gid),
});

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
