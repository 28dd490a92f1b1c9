/** What carrying /etc forward does, told beforehand and afterwards. */
import type { Conflict, Merge } from "./merge.ts";
import { type EtcNode, type EtcPath, type EtcTree, isSameNode, showPath } from "./node.ts";
import type { ConflictReason, Result, Versions } from "./three-way.ts";

export interface ReportLine {
  /** `/etc/…`, as people read it. */
  readonly path: string;
  readonly what: string;
}

export interface ConflictLine extends ReportLine {
  readonly code: ConflictReason["code"];
}

/** All lists are in the order of paths. */
export interface EtcReport {
  readonly schema: 1;
  /** The node's own state, alive in the new release. */
  readonly carried: readonly ReportLine[];
  /** What changes for the node since the new image has changed it. */
  readonly taken: readonly ReportLine[];
  /** The node and the image changed the same thing; the node's stands. */
  readonly conflicts: readonly ConflictLine[];
  /** The node's, and left behind, with the reason. */
  readonly ignored: readonly ReportLine[];
}

export const reportOf = (
  merge: Merge,
  trees: Versions<EtcTree>,
  specials: readonly EtcPath[],
): EtcReport => {
  const carried: ReportLine[] = [];
  const taken: ReportLine[] = [];
  const paths = new Set([...trees.node.keys(), ...trees.image.keys()]);
  const left = new Set(merge.ignored.map(({ path }) => path));
  for (const path of [...paths].sort()) {
    const [node, image, result] = [
      trees.node.get(path),
      trees.image.get(path),
      merge.result.get(path),
    ];
    if (left.has(path)) continue;
    if (!isSameNode(result?.node, image)) {
      carried.push({ path: showPath(path), what: changeOf(image !== undefined, result, node) });
    } else if (!isSameNode(result?.node, node)) {
      const what = node === undefined ? "added" : image === undefined ? "removed" : "changed";
      taken.push({ path: showPath(path), what });
    }
  }
  return {
    schema: 1,
    carried,
    taken,
    conflicts: merge.conflicts.map(conflictLine),
    ignored: [
      ...merge.ignored.map(({ path, because }) => ({ path: showPath(path), what: because })),
      ...specials.map((path) => ({ path: showPath(path), what: "a socket, pipe or device" })),
    ],
  };
};

const changeOf = (
  isInImage: boolean,
  result: Result | undefined,
  node: EtcNode | undefined,
): string => {
  if (result === undefined) return "removed";
  if (!isInImage) return "added";
  return isSameNode(result.node, node) ? "changed" : "merged";
};

const conflictLine = ({ path, reason }: Conflict): ConflictLine => ({
  path: showPath(path),
  code: reason.code,
  what: reasonText(reason),
});

const reasonText = (reason: ConflictReason): string => {
  switch (reason.code) {
    case "changed-by-both":
      return `${reason.parts.join(", ")} changed here and in the new image; the node's stays`;
    case "added-by-both":
      return "made here and, differently, in the new image; the node's stays";
    case "deleted-here-changed-there":
      return "removed here, changed in the new image; stays removed";
    case "changed-here-deleted-there":
      return "changed here, removed in the new image; stays";
    case "directory-here-other-there":
      return "a directory with files of the node, something else in the new image; the directory stays";
    case "no-directory-here":
      return "in the new image, but its directory is something else here; left out";
    case "account":
      return `${reason.account}: ${reason.detail}`;
  }
};

/** The report for people, a line a path; nothing for what is of no consequence. */
export const formatReport = (report: EtcReport): string => {
  const section = (title: string, lines: readonly ReportLine[]): string =>
    lines.length === 0
      ? ""
      : `${title}:\n${lines.map(({ path, what }) => `  ${path}: ${what}\n`).join("")}`;
  const text =
    section("conflicts", report.conflicts) +
    section("carried", report.carried) +
    section("taken from the new image", report.taken) +
    section("left behind", report.ignored);
  return text === "" ? "nothing of the node's in /etc, and nothing new in the image\n" : text;
};
