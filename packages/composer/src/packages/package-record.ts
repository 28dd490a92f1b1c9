import type { LicenceStatement } from "./copyright.ts";
import { NO_LICENCE_STATEMENT } from "./copyright.ts";
import { byNameAndArchitecture } from "./installed-package.ts";
import type { InstalledPackage } from "./installed-package.ts";

/** A .deb as the lock pins it. */
export interface LockedDeb {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Of the .deb, in lower-case hexadecimal. */
  readonly sha256: string;
  /** Of the .deb, in bytes. */
  readonly size: number;
  /** Its path in the archive's pool. */
  readonly filename: string;
}

/** All that a release tells about one of its packages. */
export interface PackageRecord extends InstalledPackage {
  /** Absent when the lock does not hold this name, architecture and version. */
  readonly deb?: { readonly sha256: string; readonly size: number; readonly filename: string };
  readonly licence: LicenceStatement;
}

/** Where the parts of a release's package records come from. */
export interface PackageSources {
  /** What dpkg's status file lists, see `parseDpkgStatus`. */
  readonly installed: readonly InstalledPackage[];
  /** Packages that were unpacked without dpkg, such as the kernel, from their control files. */
  readonly extracted?: readonly InstalledPackage[];
  readonly lock: readonly LockedDeb[];
  /** By package name; see `readCopyright`. */
  readonly licences: ReadonlyMap<string, LicenceStatement>;
}

/** Joins the sources into one record a package, ordered by name, then architecture; a package of both kinds counts once. */
export const packageRecords = (sources: PackageSources): readonly PackageRecord[] => {
  const debs = new Map(sources.lock.map((deb) => [identity(deb), deb]));
  const packages = new Map<string, InstalledPackage>();
  for (const one of [...(sources.extracted ?? []), ...sources.installed]) {
    packages.set(identity(one), one);
  }
  return [...packages]
    .map(([id, one]): PackageRecord => {
      const deb = debs.get(id);
      return {
        ...one,
        ...(deb === undefined
          ? {}
          : { deb: { sha256: deb.sha256, size: deb.size, filename: deb.filename } }),
        licence: sources.licences.get(one.name) ?? NO_LICENCE_STATEMENT,
      };
    })
    .sort(byNameAndArchitecture);
};

const identity = (one: {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}): string => `${one.name}:${one.architecture}=${one.version}`;
