/** Lines about files of the root. Pure. */
import type { FileChange, FileNode } from "@slipway/composer";
import { formatGrowth, formatSize } from "@slipway/host/command-line";
import { counted, type Item, type Part } from "./parts.ts";
import { type DirectorySum, directorySums } from "./directory-sums.ts";

/** Up to here every file has its line; beyond that directories have. */
const MOST_FILES = 40;
const MOST_SUMS = 25;

export const filesPart = (files: readonly FileChange[], listAll: boolean): Part => {
  const kinds = (kind: FileChange["change"]): number =>
    files.filter(({ change }) => change === kind).length;
  const counts = counted([
    [kinds("added"), "added"],
    [kinds("removed"), "removed"],
    [kinds("changed"), "changed"],
  ]);
  const isSummed = !listAll && files.length > MOST_FILES;
  return {
    title: `Files: ${counts}`,
    items: isSummed ? directorySums(files, MOST_SUMS).map(sumItem) : files.map(fileItem),
  };
};

const SIGNS = { added: "+", removed: "-", changed: "~" } as const;

const fileItem = (change: FileChange): Item => ({
  sign: SIGNS[change.change],
  name: { code: change.path },
  detail:
    change.change === "changed"
      ? changeText(change)
      : nodeText(change.change === "added" ? change.after : change.before),
});

const sumItem = (sum: DirectorySum): Item => {
  const { path, added, removed, changed, grownBytes, only } = sum;
  if (only !== undefined) return fileItem(only);
  const counts = counted([
    [added, "added"],
    [removed, "removed"],
    [changed, "changed"],
  ]);
  const kinds = [added, removed, changed].filter((count) => count > 0).length;
  return {
    sign: kinds > 1 || changed > 0 ? "~" : added > 0 ? "+" : "-",
    name: { code: path },
    detail: grownBytes === 0 ? counts : `${counts}, ${formatGrowth(grownBytes)}`,
  };
};

const nodeText = (node: FileNode): string =>
  [
    node.type,
    ...(node.size === undefined ? [] : [formatSize(node.size)]),
    ...(node.target === undefined ? [] : [`to ${node.target}`]),
    ...(node.device === undefined ? [] : [node.device]),
    ...(node.type === "link" ? [] : [node.mode]),
    ...(node.uid === 0 && node.gid === 0 ? [] : [`${node.uid}:${node.gid}`]),
    ...Object.keys(node.xattrs ?? {}),
  ].join(" ");

const changeText = (change: FileChange & { readonly change: "changed" }): string => {
  const { aspects, before, after, pathBefore } = change;
  const parts = aspects.map((aspect): string => {
    switch (aspect) {
      case "type":
        return `${before.type} -> ${after.type}`;
      case "contents":
        return before.size === after.size
          ? "contents"
          : `contents, ${formatGrowth((after.size ?? 0) - (before.size ?? 0))}`;
      case "target":
        return `target ${before.target ?? ""} -> ${after.target ?? ""}`;
      case "device":
        return `device ${before.device ?? ""} -> ${after.device ?? ""}`;
      case "mode":
        return `mode ${before.mode} -> ${after.mode}`;
      case "owner":
        return `owner ${before.uid}:${before.gid} -> ${after.uid}:${after.gid}`;
      case "xattrs":
        return `attributes ${names(before)} -> ${names(after)}`;
    }
  });
  return [...parts, ...(pathBefore === undefined ? [] : [`was ${pathBefore}`])].join("; ");
};

const names = ({ xattrs }: FileNode): string => Object.keys(xattrs ?? {}).join(" ") || "none";
