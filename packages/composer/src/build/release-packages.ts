/** What a release says of its packages: `packages.json` and the SBOM. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { type LockedPackage, packagesOf, type PackageSet } from "../lock/lock.ts";
import { debFile } from "../lock/debs.ts";
import { type LicenceStatement, readCopyright } from "../packages/copyright.ts";
import { type InstalledPackage, parseControlFile } from "../packages/installed-package.ts";
import { type PackageRecord, packageRecords } from "../packages/package-record.ts";
import { readInstalledPackages, readLicences } from "../packages/read-tree.ts";
import type { Kernel } from "../tree/kernel.ts";
import type { BuildContext, Target } from "./context.ts";

export interface ReleasePackages {
  /** In the root, the kernel's modules among them. */
  readonly root: readonly PackageRecord[];
  /** Not installed in the root: in the UKI, or what the agent brings onto the ESP. */
  readonly boot: readonly PackageRecord[];
}

/** Reads the records of a finished tree and of what boots it. */
export const releasePackages = async (
  context: BuildContext,
  target: Target,
  root: string,
  kernel: Kernel,
): Promise<ReleasePackages> => {
  const { locked } = target;
  const installed = readInstalledPackages(root);
  const excerpts = packagesOf(locked, "excerpt");
  const kernels = await controlFields(context, packagesOf(locked, "kernel"));
  const extracted = [...kernels, ...(await controlFields(context, excerpts))];
  const inRoot = new Set(installed.map((entry) => `${entry.name} ${entry.version}`));
  const bootOnly = (["initrd", "loader"] as const satisfies readonly PackageSet[])
    .flatMap((set) => packagesOf(locked, set))
    .filter((entry) => !inRoot.has(`${entry.name} ${entry.version}`));
  const boot = await controlFields(context, bootOnly);
  return {
    root: packageRecords({
      installed,
      extracted,
      lock: locked.packages,
      licences: new Map([
        ...readLicences(
          root,
          [...installed, ...excerpts].map((entry) => entry.name),
        ),
        ...kernels.map((entry) => [entry.name, kernelLicence(kernel, entry.name)] as const),
      ]),
    }),
    boot: packageRecords({
      installed: boot,
      lock: locked.packages,
      licences: await packedLicences(context, bootOnly),
    }),
  };
};

const kernelLicence = (kernel: Kernel, name: string) =>
  readCopyright(readFileSync(path.join(kernel.tree, "usr/share/doc", name, "copyright"), "utf8"));

/** What the copyright files inside .debs state. A package may have none, or a link to another package's. */
const packedLicences = async (
  { toolbox, store }: BuildContext,
  packages: readonly LockedPackage[],
): Promise<ReadonlyMap<string, LicenceStatement>> => {
  const texts = await toolbox.run(
    {
      argv: [
        "sh",
        "-uc",
        'while [ $# -gt 0 ]; do dpkg-deb --fsys-tarfile "$2" | ' +
          'tar -xO "./usr/share/doc/$1/copyright" 2>/dev/null; printf "\\000"; shift 2; done',
        "licences",
        ...packages.flatMap((entry) => [entry.name, debFile(store, entry)]),
      ],
      purpose: "reading the licences of what boots a machine",
    },
    { readable: [store.packages] },
  );
  return new Map(
    texts.stdout.split("\0").flatMap((text, index) => {
      const name = packages[index]?.name;
      return name === undefined || text === "" ? [] : [[name, readCopyright(text)] as const];
    }),
  );
};

/** The control fields of packages that dpkg never installed. */
const controlFields = async (
  { toolbox, store }: BuildContext,
  packages: readonly LockedPackage[],
): Promise<readonly InstalledPackage[]> => {
  const texts = await toolbox.run(
    {
      argv: [
        "sh",
        "-euc",
        'for deb; do dpkg-deb --field "$deb"; printf "\\000"; done',
        "fields",
        ...packages.map((entry) => debFile(store, entry)),
      ],
      purpose: "reading what packages say of themselves",
    },
    { readable: [store.packages] },
  );
  return texts.stdout
    .split("\0")
    .slice(0, packages.length)
    .map((text, index) => {
      const { name = "", version = "" } = packages[index] ?? {};
      return parseControlFile(text, `${name} ${version}`);
    });
};
