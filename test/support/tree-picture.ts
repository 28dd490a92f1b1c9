/** Trees as values: made from a list of nodes, and read back as one. */
import { createHash } from "node:crypto";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Ownership } from "@slipway/composer";

export interface PictureNode {
  readonly path: string;
  readonly type: "dir" | "file" | "link";
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly contents?: string;
  readonly target?: string;
  readonly hardlinkOf?: string;
}

export const paintTree = (
  root: string,
  nodes: readonly PictureNode[],
  ownership: Ownership,
): void => {
  const isLate = (node: PictureNode): number => Number(node.hardlinkOf !== undefined);
  const inOrder = [...nodes].sort(
    (a, b) => isLate(a) - isLate(b) || (a.path < b.path ? -1 : Number(a.path > b.path)),
  );
  for (const node of inOrder) {
    const path = join(root, node.path);
    mkdirSync(dirname(path), { recursive: true });
    if (node.hardlinkOf !== undefined) linkSync(join(root, node.hardlinkOf), path);
    else if (node.type === "link") symlinkSync(node.target ?? "", path);
    else if (node.type === "dir") mkdirSync(path, { recursive: true });
    else writeFileSync(path, Buffer.from(node.contents ?? "", "utf8"));
    if (node.uid !== undefined || node.gid !== undefined) {
      ownership.set(path, { uid: node.uid ?? 0, gid: node.gid ?? 0 });
    }
    if (node.type !== "link" && node.mode !== undefined) chmodSync(path, node.mode);
  }
};

export interface SeenNode {
  readonly type: string;
  readonly mode: number | undefined;
  readonly uid: number;
  readonly gid: number;
  readonly sha256: string | undefined;
  readonly target: string | undefined;
  readonly links: number | undefined;
}

export const seeTree = (root: string, ownership: Ownership): ReadonlyMap<string, SeenNode> => {
  const seen = new Map<string, SeenNode>();
  const walk = (directory: string): void => {
    for (const name of readdirSync(join(root, directory)).sort()) {
      const path = `${directory}/${name}`;
      const host = join(root, path);
      const stats = lstatSync(host);
      const isFile = stats.isFile();
      seen.set(path, {
        type: stats.isDirectory() ? "dir" : stats.isSymbolicLink() ? "link" : isFile ? "file" : "?",
        mode: stats.isSymbolicLink() ? undefined : stats.mode & 0o7777,
        ...ownership.of(host),
        sha256: isFile ? sha256(readFileSync(host)) : undefined,
        target: stats.isSymbolicLink() ? readlinkSync(host) : undefined,
        links: isFile ? stats.nlink : undefined,
      });
      if (stats.isDirectory()) walk(path);
    }
  };
  walk("");
  return seen;
};

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash("sha256").update(bytes).digest("hex");
