/** Which packages differ between two releases. Pure. */
import type { Architecture } from "@slipway/ignition-config";
import { ARCHITECTURE } from "../architecture.ts";
import { compareDebianVersions } from "../packages/debian-version.ts";
import type { PackageEntry } from "../packages/packages-json.ts";
import { compareTexts } from "./order.ts";

/** A package in one release. */
export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  /** Debian's, such as `amd64` or `all`. */
  readonly architecture: string;
  /** What it claims to take when installed. */
  readonly installedSizeKib: number;
}

/** A package that both releases have, and not the same. */
export interface PackageChange {
  readonly name: string;
  readonly before: PackageFacts;
  readonly after: PackageFacts;
}

/** Lists ordered by name. */
export interface PackageDiff {
  readonly added: readonly PackageFacts[];
  readonly removed: readonly PackageFacts[];
  readonly upgraded: readonly PackageChange[];
  readonly downgraded: readonly PackageChange[];
  /** Of one version, and another package file: built again, or from elsewhere. */
  readonly rebuilt: readonly PackageChange[];
  /** What all packages of a release claim, in KiB. */
  readonly installedSizeKib: { readonly before: number; readonly after: number };
}

export interface PackageList {
  readonly architecture: Architecture;
  readonly packages: readonly PackageEntry[];
}

export const comparePackages = (before: PackageList, after: PackageList): PackageDiff => {
  const [old, now] = [byIdentity(before), byIdentity(after)];
  const pairs = [...now].flatMap(([identity, entry]) => {
    const other = old.get(identity);
    return other === undefined ? [] : [{ before: other, after: entry }];
  });
  const changes = (is: (order: number, pair: (typeof pairs)[number]) => boolean) =>
    pairs
      .filter((pair) => is(compareDebianVersions(pair.before.version, pair.after.version), pair))
      .map((pair) => ({
        name: pair.after.name,
        before: factsOf(pair.before),
        after: factsOf(pair.after),
      }))
      .toSorted(byName);
  return {
    added: [...now]
      .filter(([key]) => !old.has(key))
      .map(([, one]) => factsOf(one))
      .toSorted(byName),
    removed: [...old]
      .filter(([key]) => !now.has(key))
      .map(([, one]) => factsOf(one))
      .toSorted(byName),
    upgraded: changes((order) => order < 0),
    downgraded: changes((order) => order > 0),
    rebuilt: changes(
      (order, pair) => order === 0 && isRebuilt(pair.before, pair.after, before, after),
    ),
    installedSizeKib: { before: total(before), after: total(after) },
  };
};

/** Packages of the releases' own architectures are one another's counterparts, whatever these are. */
const byIdentity = ({ architecture, packages }: PackageList): ReadonlyMap<string, PackageEntry> =>
  new Map(
    packages.map((entry) => [
      entry.architecture === ARCHITECTURE[architecture].debian
        ? entry.name
        : `${entry.name}:${entry.architecture}`,
      entry,
    ]),
  );

/** Between architectures every package file differs, and nobody wants to read that. */
const isRebuilt = (
  before: PackageEntry,
  after: PackageEntry,
  { architecture }: PackageList,
  other: PackageList,
): boolean => {
  if (before.version !== after.version) return true;
  const { sha256 } = before;
  return (
    architecture === other.architecture &&
    sha256 !== undefined &&
    after.sha256 !== undefined &&
    sha256 !== after.sha256
  );
};

const factsOf = ({
  name,
  version,
  architecture,
  installedSizeKib,
}: PackageEntry): PackageFacts => ({
  name,
  version,
  architecture,
  installedSizeKib,
});

const byName = (
  a: { readonly name: string; readonly architecture?: string },
  b: { readonly name: string; readonly architecture?: string },
): number =>
  compareTexts(a.name, b.name) || compareTexts(a.architecture ?? "", b.architecture ?? "");

const total = ({ packages }: PackageList): number =>
  packages.reduce((sum, { installedSizeKib }) => sum + installedSizeKib, 0);
