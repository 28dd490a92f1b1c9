/** What /etc of the new release will be: the three-way rule over all paths, so that every path has its directory. */
import { createHash } from "node:crypto";
import { type AccountConflict, type AccountTexts, mergeAccounts } from "./accounts.ts";
import { whyNeverCarried } from "./never-carried.ts";
import {
  type EtcFile,
  type EtcNode,
  type EtcPath,
  type EtcTree,
  isSameNode,
  parentOf,
} from "./node.ts";
import { DATABASE_NAMES } from "./records.ts";
import {
  type ConflictReason,
  compose,
  type Decision,
  decideNode,
  type Result,
  type Versions,
  wholly,
} from "./three-way.ts";

export interface MergeInput {
  readonly trees: Versions<EtcTree>;
  readonly accounts: Versions<AccountTexts>;
  /** The id that this node keeps for life, 32 hexadecimal digits; undefined when it has none yet. */
  readonly machineId: string | undefined;
}

export interface Conflict {
  readonly path: EtcPath;
  readonly reason: ConflictReason;
}

export interface Ignored {
  readonly path: EtcPath;
  readonly because: string;
}

export interface Merge {
  /** All that will be in /etc. Every path's directory is in it as a directory. */
  readonly result: ReadonlyMap<EtcPath, Result>;
  readonly conflicts: readonly Conflict[];
  /** What the node has or has changed, and is not carried. */
  readonly ignored: readonly Ignored[];
}

export const MACHINE_ID = "machine-id";

/** Merges three states of /etc. Total: whatever the trees hold, there is a result. */
export const mergeEtc = ({ trees, accounts, machineId }: MergeInput): Merge => {
  const conflicts: Conflict[] = [];
  const ignored: Ignored[] = [];
  const all = [trees.old, trees.node, trees.image].flatMap((tree) => [...tree.keys()]);
  if (machineId !== undefined) all.push(MACHINE_ID);
  const paths = [...new Set(all)].sort();
  const texts = mergeAccounts(accounts);
  const drafts = new Map<EtcPath, Decision>();
  for (const path of paths) {
    const nodes = at(trees, path);
    const because = whyNeverCarried(path);
    if (because !== undefined) {
      const isNodes = !isSameNode(nodes.node, nodes.image) && !isSameNode(nodes.node, nodes.old);
      if (isNodes) ignored.push({ path, because });
      drafts.set(path, { result: wholly("image", nodes.image), conflicts: [] });
    } else {
      drafts.set(path, decideOne({ path, nodes, texts: texts.texts, machineId }));
    }
  }
  const result = settleDirectories({ paths, trees, drafts, conflicts });
  for (const conflict of texts.conflicts) conflicts.push(accountConflict(conflict));
  conflicts.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  return { result, conflicts, ignored };
};

const at = (trees: Versions<EtcTree>, path: EtcPath): Versions<EtcNode | undefined> => ({
  old: trees.old.get(path),
  node: trees.node.get(path),
  image: trees.image.get(path),
});

interface OnePath {
  readonly path: EtcPath;
  readonly nodes: Versions<EtcNode | undefined>;
  readonly texts: AccountTexts;
  readonly machineId: string | undefined;
}

const decideOne = ({ path, nodes, texts, machineId }: OnePath): Decision => {
  const decision = decideNode(nodes);
  const database = DATABASE_NAMES.find((name) => name === path);
  const merged = database === undefined ? undefined : texts[database];
  if (merged !== undefined) return withText(nodes, decision, merged);
  if (path !== MACHINE_ID || machineId === undefined) return decision;
  const result = withText(nodes, decision, `${machineId}\n`).result;
  return { result, conflicts: [] };
};

/** The decision about attributes, and a text for contents. */
const withText = (
  { node, image }: Versions<EtcNode | undefined>,
  decision: Decision,
  text: string,
): Decision => {
  const bytes = Buffer.from(text, "latin1");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const decided = decision.result;
  const conflicts = decision.conflicts.flatMap(exceptContents);
  for (const [side, one] of [
    ["image", image],
    ["node", node],
  ] as const) {
    if (one?.kind !== "file" || one.sha256 !== sha256) continue;
    if (decided?.node.kind !== "file" || node?.kind !== "file" || image?.kind !== "file") {
      return { result: wholly(side, one), conflicts };
    }
    const sources = { ...decided.sources, contents: side };
    return { result: { node: compose({ node, image }, sources), sources }, conflicts };
  }
  const shape = decided?.node.kind === "file" ? decided : undefined;
  const base: Result = shape ?? { node: PLAIN_FILE, sources: IMAGE };
  const file = base.node.kind === "file" ? base.node : PLAIN_FILE;
  return { result: { node: { ...file, sha256 }, sources: base.sources, bytes }, conflicts };
};

const IMAGE = { contents: "image", mode: "image", owner: "image", xattrs: "image" } as const;
const PLAIN_FILE: EtcFile = { kind: "file", mode: 0o444, uid: 0, gid: 0, xattrs: "", sha256: "" };

/** Of contents that are merged by records, the records' own conflicts tell. */
const exceptContents = (reason: ConflictReason): readonly ConflictReason[] => {
  if (reason.code !== "changed-by-both") return reason.code === "added-by-both" ? [] : [reason];
  const parts = reason.parts.filter((part) => part !== "contents");
  return parts.length === 0 ? [] : [{ ...reason, parts }];
};

const accountConflict = ({ database, account, detail }: AccountConflict): Conflict => ({
  path: database,
  reason: { code: "account", account, detail },
});

interface Draft {
  readonly paths: readonly EtcPath[];
  readonly trees: Versions<EtcTree>;
  readonly drafts: ReadonlyMap<EtcPath, Decision>;
  readonly conflicts: Conflict[];
}

/** From the top down: a path with something below it is a directory, or what is below it goes. */
const settleDirectories = ({
  paths,
  trees,
  drafts,
  conflicts,
}: Draft): ReadonlyMap<EtcPath, Result> => {
  const { needed, neededByNode } = neededDirectories(paths, trees, drafts);
  const result = new Map<EtcPath, Result>();
  for (const path of paths) {
    const draft = drafts.get(path);
    const parent = parentOf(path);
    if (draft === undefined) continue;
    if (parent !== undefined && result.get(parent)?.node.kind !== "directory") {
      // The node has something else there, or nothing by its own choice: it cannot hold what the new image adds.
      const isLeftOut = draft.result !== undefined && whyNeverCarried(path) === undefined;
      if (isLeftOut) conflicts.push({ path, reason: { code: "no-directory-here" } });
      else for (const reason of draft.conflicts) conflicts.push({ path, reason });
      continue;
    }
    const nodes = at(trees, path);
    let settled = draft.result;
    const reasons = [...draft.conflicts];
    if (settled === undefined && needed.has(path)) {
      const side = nodes.image?.kind === "directory" ? "image" : "node";
      settled = wholly(side, nodes[side]);
    } else if (
      settled !== undefined &&
      settled.node.kind !== "directory" &&
      neededByNode.has(path)
    ) {
      settled = wholly("node", nodes.node);
      if (reasons.length === 0) reasons.push({ code: "directory-here-other-there" });
    }
    if (settled !== undefined) result.set(path, settled);
    for (const reason of reasons) conflicts.push({ path, reason });
  }
  return result;
};

/** The directories with something in them, and those of them whose contents only the node has. */
const neededDirectories = (
  paths: readonly EtcPath[],
  trees: Versions<EtcTree>,
  drafts: ReadonlyMap<EtcPath, Decision>,
): { readonly needed: ReadonlySet<EtcPath>; readonly neededByNode: ReadonlySet<EtcPath> } => {
  const needed = new Set<EtcPath>();
  const neededByNode = new Set<EtcPath>();
  for (const path of paths) {
    if (drafts.get(path)?.result === undefined) continue;
    const isNodes = trees.node.has(path) && !trees.image.has(path);
    for (let above = parentOf(path); above !== undefined; above = parentOf(above)) {
      needed.add(above);
      if (isNodes) neededByNode.add(above);
    }
  }
  return { needed, neededByNode };
};
