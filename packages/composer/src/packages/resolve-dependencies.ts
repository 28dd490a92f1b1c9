import { fulfils } from "./relation.ts";
import type { Alternatives, Relation } from "./relation.ts";
import type { InstalledPackage } from "./installed-package.ts";

/** What a package's dependencies turned out to mean in one set of packages. */
export interface Dependencies<P extends InstalledPackage> {
  readonly of: P;
  /** The packages that fulfil its dependencies, itself left out, each once, in the order of the given packages. */
  readonly on: readonly P[];
  /** The groups of alternatives that no given package fulfils. */
  readonly unresolved: readonly Alternatives[];
}

/**
 * Resolves `Pre-Depends` and `Depends` of each package within the set. In every group the first alternative that is fulfilled
 * counts: by a package of that name, else by all packages that provide the name (Debian Policy 7.5: a versioned dependency
 * is only fulfilled by a versioned `Provides`, which stands for exactly that version).
 */
export const resolveDependencies = <P extends InstalledPackage>(
  packages: readonly P[],
): readonly Dependencies<P>[] => {
  const named = groupBy(packages, (one) => [one.name]);
  const providing = groupBy(packages, (one) => one.provides.map(({ name }) => name));
  const order = new Map(packages.map((one, index) => [one, index]));

  const providers = (relation: Relation): readonly P[] => {
    const real = (named.get(relation.name) ?? []).filter((one) => fulfils(one.version, relation));
    if (real.length > 0) return real;
    return (providing.get(relation.name) ?? []).filter((one) =>
      one.provides.some((provided) => provides(provided, relation)),
    );
  };

  return packages.map((of) => {
    const on = new Set<P>();
    const unresolved: Alternatives[] = [];
    for (const group of of.depends) {
      const found = group.map(providers).find((candidates) => candidates.length > 0);
      if (found === undefined) unresolved.push(group);
      for (const one of found ?? []) if (one !== of) on.add(one);
    }
    return {
      of,
      on: [...on].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0)),
      unresolved,
    };
  });
};

const provides = (provided: Relation, wanted: Relation): boolean => {
  if (provided.name !== wanted.name) return false;
  if (wanted.version === undefined) return true;
  return provided.version !== undefined && fulfils(provided.version.version, wanted);
};

const groupBy = <P>(
  packages: readonly P[],
  names: (one: P) => readonly string[],
): ReadonlyMap<string, readonly P[]> => {
  const groups = new Map<string, P[]>();
  for (const one of packages) {
    for (const name of new Set(names(one))) {
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [one]);
      else group.push(one);
    }
  }
  return groups;
};
