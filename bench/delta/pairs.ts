/** Which pairs of releases are compared, and which packages each holds back. Pure. */

/** What a lock says of a package, as far as pairs are cut by it; the rest stays as it stands. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly sets: readonly string[];
}

export interface PairPlan {
  readonly id: string;
  readonly title: string;
  /** Whether the pair takes the newer version of a package. */
  readonly takes: (one: LockedPackage) => boolean;
  /** With fewer binary packages that differ, the archives have nothing to compare and the pair is void. */
  readonly leastChanges: number;
  /** Whether one file of the config changes as well. */
  readonly changesConfig: boolean;
}

const isOpenssl = ({ filename }: LockedPackage): boolean => /\/openssl\/[^/]+$/.test(filename);
const isKernel = ({ sets }: LockedPackage): boolean => sets.includes("kernel");

export const PAIRS: readonly PairPlan[] = [
  {
    id: "S1",
    title: "openssl alone",
    takes: isOpenssl,
    leastChanges: 1,
    changesConfig: false,
  },
  {
    id: "S2",
    title: "all userland security updates",
    takes: (one) => !isKernel(one),
    leastChanges: 5,
    changesConfig: false,
  },
  {
    id: "S3",
    title: "S2 and the kernel",
    takes: () => true,
    leastChanges: 5,
    changesConfig: false,
  },
  {
    id: "config",
    title: "one file of the config",
    takes: () => false,
    leastChanges: 0,
    changesConfig: true,
  },
];

/**
 * The packages of the release after: of the newer ones those that the pair takes, of the older ones those whose name or set
 * it did not take. A kernel has another name in every version, so kernels are told by their set.
 */
export const choosePackages = <T extends LockedPackage>(
  older: readonly T[],
  newer: readonly T[],
  { takes }: Pick<PairPlan, "takes">,
): readonly T[] => {
  const taken = newer.filter(takes);
  const names = new Set(taken.map(({ name }) => name));
  const hasKernel = taken.some(isKernel);
  const kept = older.filter((one) => !names.has(one.name) && !(hasKernel && isKernel(one)));
  // What only the newer packages depend on comes with them, and is no matter of what is taken.
  return [...taken, ...kept].toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

/** The binary packages that differ, as `NAME OLD -> NEW`, by name. */
export const changedPackages = (
  before: readonly LockedPackage[],
  after: readonly LockedPackage[],
): readonly string[] => {
  const versions = (list: readonly LockedPackage[]): ReadonlyMap<string, string> =>
    new Map(list.map(({ name, version }) => [name, version]));
  const [old, now] = [versions(before), versions(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .toSorted()
    .filter((name) => old.get(name) !== now.get(name))
    .map((name) => `${name} ${old.get(name) ?? "none"} -> ${now.get(name) ?? "none"}`);
};
