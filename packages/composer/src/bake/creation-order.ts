/** The order in which Ignition makes the nodes of a config. Pure. */
import type { Directory, File, Finding, Link, Storage } from "@slipway/ignition-config";
import { finding } from "./finding.ts";
import { depthOf } from "./in-root-path.ts";

/** An item and the path it has once the links above it are followed as far as Ignition does beforehand. */
export type PlannedNode<Path extends string = string> =
  | { readonly kind: "directory"; readonly path: Path; readonly item: Directory }
  | { readonly kind: "file"; readonly path: Path; readonly item: File }
  | { readonly kind: "symlink"; readonly path: Path; readonly item: Link }
  | { readonly kind: "hard link"; readonly path: Path; readonly item: Link };

/** Where a path leads, or why it leads nowhere. */
export type Resolve = (path: string) => string | { readonly message: string };

/**
 * Directories, files and symbolic links from the shallowest to the deepest, in the order of the config where they are
 * equally deep; hard links last, since their targets may lie deeper. Items that lead to the same place are findings.
 */
export const creationOrder = (
  storage: Storage,
  resolve: Resolve,
): { readonly nodes: readonly PlannedNode[]; readonly findings: readonly Finding[] } => {
  const findings: Finding[] = [];
  const taken = new Map<string, string>();
  const place = (item: Directory | File | Link): string | undefined => {
    const path = resolve(item.path);
    const range = item.origin;
    if (typeof path === "object") {
      findings.push(finding("error", "node-conflict", path.message, { range }));
      return undefined;
    }
    const other = taken.get(path);
    if (other === undefined) {
      taken.set(path, item.path);
      return path;
    }
    findings.push(
      finding(
        "error",
        "node-conflict",
        path === item.path && other === item.path
          ? `two items make ${path}`
          : `${item.path} leads to ${path}, and so does the item for ${other}`,
        { range, hint: "keep one of the two" },
      ),
    );
    return undefined;
  };
  const byDepth: PlannedNode[] = [];
  const last: PlannedNode[] = [];
  for (const item of storage.directories) {
    const path = place(item);
    if (path !== undefined) byDepth.push({ kind: "directory", path, item });
  }
  for (const item of storage.files) {
    const path = place(item);
    if (path !== undefined) byDepth.push({ kind: "file", path, item });
  }
  for (const item of storage.links) {
    const path = place(item);
    if (path === undefined) continue;
    if (item.hard === true) last.push({ kind: "hard link", path, item });
    else byDepth.push({ kind: "symlink", path, item });
  }
  byDepth.sort((a, b) => depthOf(a.path) - depthOf(b.path));
  return { nodes: [...byDepth, ...last], findings };
};
