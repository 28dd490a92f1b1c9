/** All that is below a local directory, for `trees`. */
import type { Dirent } from "node:fs";
import { readdir, readlink, stat } from "node:fs/promises";
import path from "node:path";
import { errnoOf } from "@slipway/host";
import type { LocalNode, LocalProblem, LocalTree } from "@slipway/ignition-config";

/** A definition with more than this is a mistake: a tree that holds the whole disk, perhaps. */
export const MAX_TREE_NODES = 100_000;

const problemOf = (error: unknown): LocalProblem => {
  switch (errnoOf(error)) {
    case "ENOENT":
      return "missing";
    case "EACCES":
    case "EPERM":
      return "denied";
    case undefined:
      throw error;
    default:
      return "failed";
  }
};

const detailOf = (error: unknown): string => (error instanceof Error ? error.message : "");

const kindOf = (entry: Dirent): LocalNode["kind"] => {
  if (entry.isDirectory()) return "directory";
  if (entry.isSymbolicLink()) return "link";
  return entry.isFile() ? "file" : "other";
};

const describe = async (root: string, below: string, entry: Dirent): Promise<LocalNode> => {
  const node = { path: below, kind: kindOf(entry), executable: false };
  const full = path.join(root, below);
  try {
    if (node.kind === "link") return { ...node, target: await readlink(full) };
    if (node.kind !== "file") return node;
    const { mode } = await stat(full);
    return { ...node, executable: (mode & 0o111) !== 0 };
  } catch (error) {
    return { ...node, problem: problemOf(error) };
  }
};

const collect = async (root: string, below: string, nodes: LocalNode[]): Promise<void> => {
  const entries = await readdir(path.join(root, below), { withFileTypes: true });
  const byName = entries
    .map((entry) => ({ entry, bytes: Buffer.from(entry.name) }))
    .toSorted((left, right) => Buffer.compare(left.bytes, right.bytes));
  for (const { entry } of byName) {
    if (nodes.length >= MAX_TREE_NODES) {
      throw new Error(`the tree has more than ${MAX_TREE_NODES} files and directories`);
    }
    const node = await describe(root, path.join(below, entry.name), entry);
    const index = nodes.push(node) - 1;
    if (node.kind !== "directory") continue;
    try {
      await collect(root, node.path, nodes);
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      nodes[index] = { ...node, problem: problemOf(error) };
    }
  }
};

/** A directory before what is in it, entries by the bytes of their names; links are not followed below the root. */
export const walkTree = async (root: string): Promise<LocalTree> => {
  try {
    if (!(await stat(root)).isDirectory()) return { ok: false, problem: "file" };
    const nodes: LocalNode[] = [{ path: "", kind: "directory", executable: false }];
    await collect(root, "", nodes);
    return { ok: true, nodes };
  } catch (error) {
    if (errnoOf(error) !== undefined) return { ok: false, problem: problemOf(error) };
    return { ok: false, problem: "failed", detail: detailOf(error) };
  }
};
