/** The files directory of a recorded case, in memory. Modes count as for a user who owns nothing special. */
import { posix } from "node:path";
import type { LocalFiles, LocalNode, LocalRead, LocalTree } from "@slipway/ignition-config";

export interface RecordedNode {
  readonly type: string;
  readonly mode?: number;
  readonly contents?: string;
  readonly target?: string;
}

const DEFAULT_DIRECTORY: RecordedNode = { type: "dir", mode: 0o755 };

const mayRead = ({ mode }: RecordedNode): boolean => ((mode ?? 0o644) & 0o400) !== 0;

/** All nodes with the directories that lead to them. */
const withParents = (
  recorded: Readonly<Record<string, RecordedNode>>,
): ReadonlyMap<string, RecordedNode> => {
  const nodes = new Map<string, RecordedNode>([["", DEFAULT_DIRECTORY]]);
  for (const path of Object.keys(recorded)) {
    for (let up = posix.dirname(path); up !== "."; up = posix.dirname(up)) {
      nodes.set(up, DEFAULT_DIRECTORY);
    }
  }
  for (const [path, node] of Object.entries(recorded)) nodes.set(path, node);
  return nodes;
};

const KINDS: Readonly<Record<string, LocalNode["kind"]>> = {
  file: "file",
  dir: "directory",
  link: "link",
};

export const filesOf = (recorded: Readonly<Record<string, RecordedNode>>): LocalFiles => {
  const nodes = withParents(recorded);

  const read = (path: string): LocalRead => {
    const node = nodes.get(path);
    if (node === undefined) return { ok: false, problem: "missing" };
    if (node.type === "dir") return { ok: false, problem: "directory" };
    if (node.type === "link") return read(posix.join(posix.dirname(path), node.target ?? ""));
    if (!mayRead(node)) return { ok: false, problem: "denied" };
    return { ok: true, bytes: new TextEncoder().encode(node.contents ?? "") };
  };

  const list = (path: string): readonly string[] =>
    [...nodes.keys()]
      .filter(
        (other) =>
          other !== "" && (posix.dirname(other) === path || (path === "" && !other.includes("/"))),
      )
      .toSorted();

  const collect = (root: string, path: string, into: LocalNode[]): void => {
    const node = nodes.get(path);
    if (node === undefined) return;
    const kind = KINDS[node.type] ?? "other";
    const isUnreadable = kind === "directory" && !mayRead(node);
    into.push({
      path: posix.relative(`/${root}`, `/${path}`),
      kind,
      executable: ((node.mode ?? 0) & 0o111) !== 0,
      ...(node.target === undefined ? {} : { target: node.target }),
      ...(isUnreadable ? { problem: "denied" as const } : {}),
    });
    if (kind !== "directory" || isUnreadable) return;
    for (const child of list(path)) collect(root, child, into);
  };

  const walk = (path: string): LocalTree => {
    const node = nodes.get(path);
    if (node === undefined) return { ok: false, problem: "missing" };
    if (node.type !== "dir") return { ok: false, problem: "file" };
    const found: LocalNode[] = [];
    collect(path, path, found);
    return { ok: true, nodes: found };
  };

  return { directory: "files", read, walk };
};
