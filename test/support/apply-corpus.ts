/** Recorded cases of the real Ignition applying a config to a root tree, in one form whatever file they stand in. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CORPUS } from "./corpus.ts";
import type { SystemFile } from "./ignition-json.ts";
import type { PictureNode } from "./tree-picture.ts";

/** The files that hold such cases. */
export const APPLY_FILES = [
  "ignition-apply.jsonl",
  "ignition-apply-probes.jsonl",
  "ignition-blackbox.jsonl",
] as const;

export interface RecordedNode extends Omit<PictureNode, "mode"> {
  readonly mode?: number | string;
  readonly sha256?: string;
  readonly nlink?: number;
}

export interface ApplyCase {
  readonly id: string;
  /** The config's text. */
  readonly input: string;
  readonly system: readonly SystemFile[];
  readonly env: readonly string[];
  readonly before: readonly PictureNode[];
  readonly isDone: boolean;
  /** The whole tree afterwards, or the nodes that are looked at and those that must not be there. */
  readonly after:
    | { readonly kind: "tree"; readonly nodes: readonly RecordedNode[] }
    | {
        readonly kind: "some";
        readonly nodes: readonly RecordedNode[];
        readonly gone: readonly string[];
      };
  readonly secondRun?: { readonly isDone: boolean; readonly isSameTree: boolean };
  /** What this program cannot give it; absent when it can be run. */
  readonly needs?: Need;
}

/** Why a case cannot be run here. */
export const NEEDS = ["a remote server", "a first boot", "upstream's accounts"] as const;
export type Need = (typeof NEEDS)[number];

export const readApplyCases = (file: (typeof APPLY_FILES)[number]): readonly ApplyCase[] => {
  if (file !== "ignition-blackbox.jsonl")
    return linesOf(file).map((line) => treeCase(treeLine(line)));
  // Where the real program's tree was recorded, it says more than upstream's own test.
  const recorded = new Map(
    linesOf("ignition-apply.jsonl")
      .map(treeLine)
      .map((line) => [line.id, line]),
  );
  return linesOf(file).map((text) => {
    const line = JSON.parse(text) as BlackboxLine;
    const found = recorded.get(line.id);
    return found === undefined ? blackboxCase(line) : treeCase(found);
  });
};

const linesOf = (file: string): readonly string[] =>
  readFileSync(join(CORPUS, file), "utf8").trim().split("\n");
const treeLine = (line: string): TreeLine => JSON.parse(line) as TreeLine;

/** `["file", mode, contents]`, `["dir", mode]`, `["link", target]` or `["hard", path]`. */
type ProbeNode = readonly [kind: string, second: number | string, contents?: string];

interface TreeLine {
  readonly id: string;
  readonly input: string;
  readonly system_dir_files?: readonly SystemFile[];
  readonly env?: readonly string[];
  readonly root_before:
    | readonly (RecordedNode & { readonly hardlink_of?: string })[]
    | Readonly<Record<string, ProbeNode>>;
  readonly oracle: {
    readonly "ignition-2.26.0": {
      readonly rc: number;
      readonly tree: readonly RecordedNode[];
      readonly second_run?: { readonly rc: number; readonly same_tree: boolean };
    };
  };
}

const treeCase = (line: TreeLine): ApplyCase => {
  const { rc, tree, second_run: second } = line.oracle["ignition-2.26.0"];
  return {
    id: line.id,
    input: line.input,
    system: line.system_dir_files ?? [],
    env: line.env ?? [],
    before: nodesBefore(line.root_before),
    isDone: rc === 0,
    after: { kind: "tree", nodes: tree },
    ...(second === undefined
      ? {}
      : { secondRun: { isDone: second.rc === 0, isSameTree: second.same_tree } }),
    ...(needsServer(line.input) ? { needs: "a remote server" } : {}),
  };
};

const nodesBefore = (given: TreeLine["root_before"]): readonly PictureNode[] =>
  isList(given)
    ? given.map(({ mode, hardlink_of: hardlinkOf, ...node }) => ({
        ...node,
        ...(typeof mode === "number" ? { mode } : {}),
        ...(hardlinkOf === undefined ? {} : { hardlinkOf }),
      }))
    : Object.entries(given).map(([path, [kind, second, contents = ""]]): PictureNode => {
        if (kind === "link") return { path, type: "link", target: String(second) };
        if (kind === "hard") return { path, type: "file", hardlinkOf: String(second) };
        if (kind === "dir") return { path, type: "dir", mode: Number(second) };
        return { path, type: "file", mode: Number(second), contents };
      });

const isList = (
  given: TreeLine["root_before"],
): given is Exclude<TreeLine["root_before"], Readonly<Record<string, ProbeNode>>> =>
  Array.isArray(given);

/** A node of upstream's own tests; what is 0 is not looked at. */
interface UpstreamNode {
  readonly Name: string;
  readonly Directory: string;
  readonly User: number;
  readonly Group: number;
  readonly Mode?: number;
  readonly Contents?: string;
  readonly Target?: string;
  readonly Hard?: boolean;
}

interface Partition {
  readonly Label: string;
  readonly Files?: readonly UpstreamNode[];
  readonly Directories?: readonly UpstreamNode[];
  readonly Links?: readonly UpstreamNode[];
  readonly RemovedNodes?: readonly UpstreamNode[];
}

interface BlackboxLine {
  readonly id: string;
  readonly input: string;
  readonly system_dir_files?: readonly SystemFile[];
  readonly env?: readonly string[];
  readonly expect: string;
  readonly expect_run: "ok" | "fail";
  readonly in: readonly { readonly Partitions?: readonly Partition[] }[] | null;
  readonly out: readonly { readonly Partitions?: readonly Partition[] }[] | null;
}

const blackboxCase = (line: BlackboxLine): ApplyCase => {
  const rootOf = (disks: BlackboxLine["in"]): Partition =>
    disks?.flatMap((disk) => disk.Partitions ?? []).find(({ Label }) => Label === "ROOT") ?? {
      Label: "ROOT",
    };
  const [before, after] = [rootOf(line.in), rootOf(line.out)];
  return {
    id: line.id,
    input: line.input,
    system: line.system_dir_files ?? [],
    env: line.env ?? [],
    before: upstreamNodes(before),
    isDone: line.expect_run === "ok",
    after: {
      kind: "some",
      nodes: upstreamNodes(after),
      gone: (after.RemovedNodes ?? []).map(upstreamPath),
    },
    ...blackboxNeeds(line.input),
  };
};

const blackboxNeeds = (input: string): { readonly needs?: Need } => {
  if (needsFirstBoot(input)) return { needs: "a first boot" };
  if (needsServer(input)) return { needs: "a remote server" };
  // Ids and defaults of accounts there are those of a machine that nobody recorded.
  return /"passwd"\s*:/.test(input) ? { needs: "upstream's accounts" } : {};
};

const upstreamPath = ({ Name, Directory }: UpstreamNode): string => join("/", Directory, Name);

const upstreamNodes = (partition: Partition): readonly PictureNode[] => {
  const common = (node: UpstreamNode) => ({
    path: upstreamPath(node),
    uid: node.User,
    gid: node.Group,
    ...(node.Mode === undefined || node.Mode === 0 ? {} : { mode: node.Mode & 0o7777 }),
  });
  return [
    ...(partition.Directories ?? []).map((node) => ({ ...common(node), type: "dir" as const })),
    ...(partition.Files ?? []).map((node) => ({
      ...common(node),
      type: "file" as const,
      contents: node.Contents ?? "",
    })),
    ...(partition.Links ?? []).map((node) =>
      node.Hard === true
        ? { ...common(node), type: "file" as const, hardlinkOf: join("/", node.Target ?? "") }
        : { ...common(node), type: "link" as const, target: node.Target ?? "" },
    ),
  ];
};

/** Disks and file systems are made when a machine starts. */
const needsFirstBoot = (input: string): boolean => {
  const storage = jsonStorage(input);
  return ["disks", "raid", "luks", "filesystems"].some((key) => isFilled(storage[key]));
};

/**
 * Of servers there is one that answers HTTP at once; TFTP, a certificate of one's own, proxies and servers that are slow
 * on purpose are not for an image.
 */
const needsServer = (input: string): boolean => {
  const addresses = input.match(/\b(?:https?|tftp|s3|gs):\/\/[^"\s\\]*|"arn:/g) ?? [];
  return !addresses.every((one) => /^http:\/\/127\.0\.0\.1:8080\/(?:con|asdf)/.test(one));
};

const isFilled = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

const jsonStorage = (input: string): Readonly<Record<string, unknown>> => {
  try {
    const { storage } = JSON.parse(input) as { readonly storage?: Record<string, unknown> };
    return storage ?? {};
  } catch {
    return {};
  }
};
