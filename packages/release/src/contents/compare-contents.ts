/** In what the contents of two releases differ, but for /etc, which is merged with what a node has made of it. */
import { isWishedArgument, multisetDifference } from "./arguments.ts";
import type { ContainedPackage, ContainedUnit, ReleaseContents } from "./contents.ts";

/** Names have the architecture behind them where there is one package of the name for each of several. */
export interface PackagesDiff {
  readonly added: readonly { readonly name: string; readonly version: string }[];
  readonly removed: readonly { readonly name: string; readonly version: string }[];
  readonly changed: readonly {
    readonly name: string;
    readonly before: string;
    readonly after: string;
  }[];
}

/** Units of users' managers are `user/NAME`. */
export interface UnitsDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly enabled: readonly string[];
  readonly disabled: readonly string[];
  readonly masked: readonly string[];
  /** Neither added nor started otherwise, and with another file or drop-in. */
  readonly changed: readonly string[];
}

export interface ArgumentsDiff {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface ContentsDiff {
  readonly packages: PackagesDiff;
  readonly units: UnitsDiff;
  readonly kernelArguments: ArgumentsDiff;
}

export const compareContents = (before: ReleaseContents, after: ReleaseContents): ContentsDiff => ({
  packages: comparePackages(before.packages, after.packages),
  units: compareUnits(before.units, after.units),
  kernelArguments: compareArguments(before.kernelArguments, after.kernelArguments),
});

/** A package that one of the releases has for two architectures is two packages. */
const byPackage = (
  packages: readonly ContainedPackage[],
  doubled: ReadonlySet<string>,
): ReadonlyMap<string, ContainedPackage> =>
  new Map(
    packages.map((one) => [
      doubled.has(one.name) ? `${one.name}:${one.architecture}` : one.name,
      one,
    ]),
  );

const doubledIn = (packages: readonly ContainedPackage[]): readonly string[] => {
  const seen = new Set<string>();
  return packages.flatMap(({ name }) => {
    if (seen.has(name)) return [name];
    seen.add(name);
    return [];
  });
};

const comparePackages = (
  before: readonly ContainedPackage[],
  after: readonly ContainedPackage[],
): PackagesDiff => {
  const doubled = new Set([...doubledIn(before), ...doubledIn(after)]);
  const [old, now] = [byPackage(before, doubled), byPackage(after, doubled)];
  const only = (
    these: ReadonlyMap<string, ContainedPackage>,
    others: ReadonlyMap<string, ContainedPackage>,
  ) => [...these].flatMap(([name, { version }]) => (others.has(name) ? [] : [{ name, version }]));
  return {
    added: only(now, old),
    removed: only(old, now),
    changed: [...now].flatMap(([name, { version }]) => {
      const other = old.get(name);
      return other === undefined || other.version === version
        ? []
        : [{ name, before: other.version, after: version }];
    }),
  };
};

const byUnit = (units: readonly ContainedUnit[]): ReadonlyMap<string, ContainedUnit> =>
  new Map(
    units.map((one) => [one.manager === "system" ? one.unit : `${one.manager}/${one.unit}`, one]),
  );

const compareUnits = (
  before: readonly ContainedUnit[],
  after: readonly ContainedUnit[],
): UnitsDiff => {
  const [old, now] = [byUnit(before), byUnit(after)];
  const which = (
    is: (unit: ContainedUnit, other: ContainedUnit | undefined) => boolean,
    [these, others] = [now, old],
  ): readonly string[] =>
    [...these].flatMap(([name, unit]) => (is(unit, others.get(name)) ? [name] : []));
  return {
    added: which((_, other) => other === undefined),
    removed: which((_, other) => other === undefined, [old, now]),
    // One that comes and is started at once is told twice: that it comes, and that it runs.
    enabled: which(({ state }, other) => state === "enabled" && other?.state !== "enabled"),
    disabled: which(({ state }, other) => state === "idle" && other?.state === "enabled"),
    masked: which(({ state }, other) => state === "masked" && other?.state !== "masked"),
    changed: which(({ state, mark }, other) => other?.state === state && other.mark !== mark),
  };
};

const compareArguments = (before: readonly string[], after: readonly string[]): ArgumentsDiff =>
  multisetDifference(before.filter(isWishedArgument), after.filter(isWishedArgument));
