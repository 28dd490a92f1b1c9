/** What the contract asks of a tree once everything is in it. */
import type { ImageBlock } from "@slipway/ignition-config";
import { canonicalDatabases } from "../accounts/canonical.ts";
import { RootDirectory } from "../bake/root-directory.ts";
import { contractFindings } from "./contract-report.ts";
import { makeFactoryVar } from "./factory-var.ts";
import { separateHardLinks } from "./hard-links.ts";
import { emptyMountPoints, forceLink, makeWritablePlaces } from "./links.ts";
import { formatOsRelease, osReleaseFields } from "./os-release.ts";
import type { TreeOptions, TreeReport } from "./prepare-tree.ts";
import { settleAccounts } from "./settle-accounts.ts";
import { emptyMachineId, markEtcUpdated, writeTreeFile } from "./tree-files.ts";

export interface ContractOptions extends TreeOptions {
  readonly image: Pick<ImageBlock, "name" | "version" | "suite" | "osRelease">;
}

/**
 * Names the image in os-release, brings the account databases into their one form, separates hard links, empties the
 * mount points (`/boot` among them), and turns `/var` into a factory. The last thing to be done to a tree.
 */
export const applyContract = async (options: ContractOptions): Promise<TreeReport> => {
  using root = new RootDirectory(options.root, options.ownership);
  return contractFindings(() => {
    makeWritablePlaces(root);
    emptyMachineId(root);
    markEtcUpdated(root);
    writeTreeFile(root, "/usr/lib/os-release", formatOsRelease(osReleaseFields(options.image)));
    forceLink(root, "/etc/os-release", "../usr/lib/os-release");
    const accountFindings = settleAccounts(root, canonicalDatabases);
    emptyMountPoints(root);
    separateHardLinks(root);
    return [...accountFindings, ...makeFactoryVar(root)];
  });
};
