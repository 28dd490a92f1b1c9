/** What becomes of the node's own changes in /etc with a release that is not here yet: the rule of carrying forward, over a list of what the release has. Pure. */
import type { ContainedEtc } from "@slipway/release";
import { mergeEtc } from "../etc/merge.ts";
import { type EtcNode, type EtcPath, type EtcTree, isSameNode, showPath } from "../etc/node.ts";
import { DATABASE_NAMES } from "../etc/records.ts";
import { type EtcReport, reportOf } from "../etc/report.ts";
import type { Scan } from "../etc/scan.ts";

export interface EtcForecast extends Omit<EtcReport, "schema"> {
  /** Account databases that the node and the new release have both changed: they are merged account by account, and what that comes to is known then. */
  readonly mergedByAccount: readonly string[];
}

/** Extended attributes are not listed: each side is taken to have none. */
const nodeOf = (one: ContainedEtc): EtcNode => {
  const attributes = { uid: one.uid, gid: one.gid, xattrs: "" };
  switch (one.kind) {
    case "directory":
      return { kind: "directory", mode: one.mode, ...attributes };
    case "file":
      return { kind: "file", mode: one.mode, sha256: one.sha256, ...attributes };
    case "symlink":
      return { kind: "symlink", target: asBytes(one.target), ...attributes };
  }
};

/** In a tree each character is one byte. */
const asBytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

const treeOf = (listed: readonly ContainedEtc[]): EtcTree =>
  new Map(listed.map((one) => [asBytes(one.path), nodeOf(one)]));

const DATABASES: ReadonlySet<EtcPath> = new Set(DATABASE_NAMES);

const withoutDatabases = (tree: EtcTree): EtcTree =>
  new Map([...tree].filter(([path]) => !DATABASES.has(path)));

export const forecastEtc = ({
  booted,
  node,
  next,
}: {
  readonly booted: readonly ContainedEtc[];
  /** The node's /etc as it is now. */
  readonly node: Scan;
  readonly next: readonly ContainedEtc[];
}): EtcForecast => {
  const [old, image] = [treeOf(booted), treeOf(next)];
  const trees = {
    old: withoutDatabases(old),
    node: withoutDatabases(node.tree),
    image: withoutDatabases(image),
  };
  const merge = mergeEtc({
    trees,
    accounts: { old: {}, node: {}, image: {} },
    machineId: undefined,
  });
  const { schema: _, ...report } = reportOf(merge, trees, node.specials);
  const mergedByAccount = DATABASE_NAMES.filter((name) => {
    const before = old.get(name);
    return !isSameNode(node.tree.get(name), before) && !isSameNode(image.get(name), before);
  });
  return { ...report, mergedByAccount: mergedByAccount.map(showPath) };
};
