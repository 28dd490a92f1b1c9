/** Everything that Slipway puts into every root for the node to run: scripts, units, settings. */
import { digestOf } from "../cache/key.ts";
import { writeTreeFile } from "../contract/tree-files.ts";
import type { RootDirectory } from "../bake/root-directory.ts";
import type { NodeFile } from "./node-file.ts";
import { script } from "./script.ts";
import { serverContents } from "./server.ts";
import { writeServer } from "./write-server.ts";
import { NODE_UNITS } from "./units.ts";

/**
 * repart.d(5): the one partition that a node makes itself, behind the slots. In a directory of its own, so that Debian's
 * systemd-repart.service, which looks elsewhere, never gets to see a partition table.
 */
const VAR_PARTITION = `[Partition]
Type=var
Label=var
Format=xfs
SizeMinBytes=512M
`;

/** In no particular order. */
export const nodeFiles = (): readonly NodeFile[] => [
  script("prepare-node"),
  script("show-disk"),
  { path: "/usr/lib/slipway/repart.d/60-var.conf", text: VAR_PARTITION },
  ...NODE_UNITS,
];

/** Changes with every text of ours, so that no cached root outlives it. */
export const nodeFingerprint = (): string =>
  digestOf([
    nodeFiles().map(({ path, text, mode }) => [path, text, mode ?? 0]),
    Object.entries(serverContents()),
  ]);

/** Writes them into a tree, over what packages have in their places. Before presets are applied: there are units among them. */
export const writeNodeFiles = (root: RootDirectory): void => {
  for (const { path, text, mode } of nodeFiles()) writeTreeFile(root, path, text, mode ?? 0o644);
  writeServer(root);
};
