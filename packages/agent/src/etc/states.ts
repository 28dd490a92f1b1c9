/** The three states of /etc that a merge is about, as they are on the disk now. */
import type { Exec } from "@slipway/host";
import type { AccountTexts } from "./accounts.ts";
import { MACHINE_ID, type MergeInput } from "./merge.ts";
import type { EtcPath, EtcTree } from "./node.ts";
import { OpenTree } from "./open-tree.ts";
import { DATABASE_NAMES } from "./records.ts";
import { scanTree } from "./scan.ts";
import type { Versions } from "./three-way.ts";
import { withXattrs } from "./xattrs.ts";

/** Directories: the old image's own /etc, the node's /etc as it runs, the new image's own. */
export type EtcDirectories = Versions<string>;

export interface States {
  readonly input: MergeInput;
  /** The node's tree without extended attributes, to be compared with a later look. */
  readonly seen: EtcTree;
  /** What of the node's is neither file nor directory nor link. */
  readonly specials: readonly EtcPath[];
}

/** A database beyond this is an ordinary file to us, which somebody's mistake has made. */
const DATABASE_LIMIT_BYTES = 16 * 1024 * 1024;

/** @param machineId what is kept beside the uppers; without it the node's own /etc says it. */
export const readStates = async (
  exec: Exec,
  directories: EtcDirectories,
  { scratch, machineId }: { readonly scratch: string; readonly machineId: string | undefined },
): Promise<States> => {
  const old = scanTree(directories.old);
  const node = scanTree(directories.node);
  const image = scanTree(directories.image);
  const full = (tree: EtcTree, directory: string): Promise<EtcTree> =>
    withXattrs(exec, tree, { directory, scratch });
  const trees: Versions<EtcTree> = {
    old: await full(old.tree, directories.old),
    node: await full(node.tree, directories.node),
    image: await full(image.tree, directories.image),
  };
  const accounts = mergeable({
    old: accountTexts(directories.old),
    node: accountTexts(directories.node),
    image: accountTexts(directories.image),
  });
  return {
    input: { trees, accounts, machineId: machineId ?? readMachineId(directories.node) },
    seen: node.tree,
    specials: node.specials,
  };
};

const accountTexts = (directory: string): AccountTexts => {
  using open = new OpenTree(directory);
  return Object.fromEntries(
    DATABASE_NAMES.flatMap((name) => {
      const text = open.text(name, DATABASE_LIMIT_BYTES);
      return text === undefined ? [] : [[name, text]];
    }),
  );
};

/** Where the node or the new image lacks a database, or has a directory or link there, the rule for every other path holds. */
const mergeable = ({ old, node, image }: Versions<AccountTexts>): Versions<AccountTexts> => {
  const keep = (texts: AccountTexts): AccountTexts =>
    Object.fromEntries(
      Object.entries(texts).filter(
        ([name]) => Object.hasOwn(node, name) && Object.hasOwn(image, name),
      ),
    );
  return { old: keep(old), node: keep(node), image: keep(image) };
};

const readMachineId = (directory: string): string | undefined => {
  using open = new OpenTree(directory);
  return asMachineId(open.text(MACHINE_ID, 64) ?? "");
};

/** The id in the text of a machine-id file; undefined for an empty one, as images have it. */
export const asMachineId = (text: string): string | undefined =>
  /^([0-9a-f]{32})\n?$/.exec(text)?.[1];
