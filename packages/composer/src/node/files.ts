/** Everything that Slipway puts into every root for the node to run: scripts, units, settings. */
import { digestOf } from "../cache/key.ts";
import { forceLink } from "../contract/links.ts";
import { writeTreeFile } from "../contract/tree-files.ts";
import type { RootDirectory } from "../bake/root-directory.ts";
import { AGENT_UNITS } from "./agent-units.ts";
import type { NodeFile, NodeLink } from "./node-file.ts";
import { NODE_GROUPS } from "./groups.ts";
import { script } from "./script.ts";
import { SERVER_FILES, SERVER_LINKS } from "./server.ts";
import { NODE_UNITS } from "./units.ts";
import { VERDICT_UNITS } from "./verdict-units.ts";

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

/** In no particular order, as the links. */
export const nodeFiles = (): readonly NodeFile[] => [
  script("prepare-node"),
  script("reset-node"),
  script("came-up"),
  script("show-disk"),
  { path: "/usr/lib/slipway/repart.d/60-var.conf", text: VAR_PARTITION },
  ...NODE_UNITS,
  ...AGENT_UNITS,
  ...VERDICT_UNITS,
  ...SERVER_FILES,
];

export const nodeLinks = (): readonly NodeLink[] => SERVER_LINKS;

/** Changes with every text of ours, so that no cached root outlives it. */
export const nodeFingerprint = (): string => digestOf([nodeFiles(), nodeLinks(), NODE_GROUPS]);

/** Writes them into a tree, over what packages have in their places. Before presets are applied: there are units among them. */
export const writeNodeFiles = (root: RootDirectory): void => {
  const wanted = ({ needs }: { readonly needs?: string }): boolean =>
    needs === undefined || root.lstat(root.resolve(needs, "follow")) !== undefined;
  for (const { path, text, mode } of nodeFiles().filter(wanted)) {
    writeTreeFile(root, path, text, mode ?? 0o644);
  }
  for (const { path, target } of nodeLinks().filter(wanted)) forceLink(root, path, target);
};
