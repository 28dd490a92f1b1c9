/** The command line that composes a tree from locked .debs, and nothing else. Pure. */
import type { Command } from "@slipway/host";
import type { Architecture } from "@slipway/ignition-config";
import { ARCHITECTURE } from "../architecture.ts";
import type { LockedPackage } from "../lock/lock.ts";

export interface TreeRequest {
  /** Completes "while …". */
  readonly purpose: string;
  readonly architecture: Architecture;
  readonly packages: readonly LockedPackage[];
  /** Directory with the .debs and their `Packages` index: the only archive the tree is made from. */
  readonly repository: string;
  /** Directory whose files are put into the empty root's `/etc` before anything is unpacked. */
  readonly etc: string | undefined;
  /**
   * `chrootless` runs maintainer scripts with the programs of the tools tree, so that it composes any
   * architecture without emulation; `root` runs them inside the new tree, as an ordinary installation does.
   */
  readonly mode: "chrootless" | "root";
  /** Seconds since 1970, for whatever the scripts date. */
  readonly epoch: number;
}

/** mmdebstrap(1), to be run in a sandbox with a scratch layer. */
export const treeCommand = (request: TreeRequest, tree: string): Command => ({
  argv: [
    "mmdebstrap",
    `--mode=${request.mode}`,
    // Essential packages first and by themselves, the rest in the order that apt finds; `custom` would hand all of
    // them to dpkg at once and have it ignore their dependencies.
    "--variant=essential",
    "--format=directory",
    `--architectures=${ARCHITECTURE[request.architecture].debian}`,
    `--include=${request.packages.map((entry) => `${entry.name}=${entry.version}`).join(",")}`,
    // The checks refuse chrootless mode as root outside a chroot, where inside the sandbox there is nothing to damage, and
    // look for emulators where the sandbox does not show them.
    "--skip=check/empty,check/chrootless,check/qemu",
    '--aptopt=Acquire::Languages "none"',
    '--aptopt=APT::Install-Recommends "false"',
    '--aptopt=pkgCacheGen::ForceEssential "none"',
    "--dpkgopt=force-unsafe-io",
    ...(request.etc === undefined
      ? []
      : [`--setup-hook=mkdir -p "$1/etc" && cp ${request.etc}/* "$1/etc/"`]),
    "",
    tree,
    `deb [trusted=yes] copy:${request.repository} ./`,
  ],
  purpose: request.purpose,
  env: { SOURCE_DATE_EPOCH: String(request.epoch) },
});
