import { ComposerError } from "../errors.ts";
import type { LicenceStatement } from "./copyright.ts";
import { NO_LICENCE_STATEMENT, readCopyright } from "./copyright.ts";
import { parseDpkgStatus } from "./installed-package.ts";
import type { InstalledPackage } from "./installed-package.ts";
import { readInRoot } from "./read-in-root.ts";

/** Where a composed tree keeps dpkg's status: the image's place first, then Debian's. */
const STATUS_FILES: readonly string[] = ["/usr/lib/sysimage/dpkg/status", "/var/lib/dpkg/status"];

const MAX_STATUS_BYTES = 64 * 1024 * 1024;
const MAX_COPYRIGHT_BYTES = 4 * 1024 * 1024;

/** The packages of the tree at `root`, see `parseDpkgStatus`. Throws `TREE_REFUSED` when it has no list of them. */
export const readInstalledPackages = (root: string): readonly InstalledPackage[] => {
  for (const path of STATUS_FILES) {
    const bytes = readInRoot(root, path, MAX_STATUS_BYTES);
    if (bytes !== undefined) return parseDpkgStatus(new TextDecoder().decode(bytes), path);
  }
  throw new ComposerError("TREE_REFUSED", `${root} has none of ${STATUS_FILES.join(", ")}`, {
    hint: "compose the tree with dpkg's status file kept",
  });
};

/** What the copyright files of the tree at `root` state, by package name. */
export const readLicences = (
  root: string,
  packageNames: Iterable<string>,
): ReadonlyMap<string, LicenceStatement> => {
  const statements = new Map<string, LicenceStatement>();
  for (const name of packageNames) {
    const path = `/usr/share/doc/${name}/copyright`;
    const bytes = readInRoot(root, path, MAX_COPYRIGHT_BYTES);
    const statement =
      bytes === undefined ? NO_LICENCE_STATEMENT : readCopyright(new TextDecoder().decode(bytes));
    statements.set(name, statement);
  }
  return statements;
};
