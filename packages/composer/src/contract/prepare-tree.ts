/** What the contract asks of a tree before a config is baked into it: the same for every config, so it can be cached. */
import type { Finding } from "@slipway/ignition-config";
import type { Ownership } from "../bake/ownership.ts";
import { RootDirectory } from "../bake/root-directory.ts";
import { clearTree } from "./clear-tree.ts";
import { contractFindings } from "./contract-report.ts";
import { separateHardLinks } from "./hard-links.ts";
import { makeWritablePlaces } from "./links.ts";
import { settlePackageAccounts } from "./settle-accounts.ts";
import {
  emptyMachineId,
  makeRuntimeLinks,
  movePackageDatabase,
  writePresets,
} from "./tree-files.ts";

export interface TreeOptions {
  /** Path on this machine of the tree, which nobody else changes meanwhile. Its files may share inodes with others. */
  readonly root: string;
  readonly ownership: Ownership;
}

export interface TreeReport {
  /** With an error among them the tree is not to be used. */
  readonly findings: readonly Finding[];
}

/**
 * Clears away what packages leave behind, moves the package database, puts the links of the writable places, presets,
 * an empty machine id and settled accounts in place. `/boot` stays, for whoever needs the kernel. May be
 * repeated, but not after a config was baked: it would take what the config put in the place of rubbish.
 */
export const prepareTree = async ({ root: path, ownership }: TreeOptions): Promise<TreeReport> => {
  using root = new RootDirectory(path, ownership);
  return contractFindings(() => {
    clearTree(root);
    movePackageDatabase(root);
    emptyMachineId(root);
    makeRuntimeLinks(root);
    writePresets(root);
    makeWritablePlaces(root);
    separateHardLinks(root);
    return settlePackageAccounts(root);
  });
};
