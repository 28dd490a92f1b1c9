import { posix } from "node:path";
import type { Region } from "./image-regions.ts";

/** A region that can be compared without being read again. */
export interface HashedRegion extends Region {
  /** Of its content. */
  readonly hash: string;
}

/** A region of the target and what it is best made from; undefined where nothing of the source is like it. */
export interface RegionPair {
  readonly target: HashedRegion;
  readonly source: HashedRegion | undefined;
  readonly isEqual: boolean;
}

/**
 * Finds for each region of the target the one of the source that is most like it: the one of equal content, the one at the same
 * path, one whose path differs only in numbers (a kernel's release, the version of a library or a language), or one of that name elsewhere.
 */
export const matchRegions = (
  source: readonly HashedRegion[],
  target: readonly HashedRegion[],
): readonly RegionPair[] => {
  const byHash = group(source, ({ hash }) => hash);
  const ways = [({ path }: Region) => path, familyOf, nameOf].map((key) => ({
    key,
    regions: group(source, key),
  }));
  return target.map((region) => {
    const equal = byHash.get(region.hash)?.[0];
    if (equal !== undefined) return { target: region, source: equal, isEqual: true };
    for (const { key, regions } of ways) {
      const like = nearestInSize(regions.get(key(region)) ?? [], region.size);
      if (like !== undefined) return { target: region, source: like, isEqual: false };
    }
    return { target: region, source: undefined, isEqual: false };
  });
};

/** The path with each run of digits and dots, or of a kernel's release as a whole, made the same. */
const familyOf = ({ path }: Region): string =>
  path.replace(/\/modules\/[^/]+/, "/modules/*").replace(/[0-9][0-9.]*/g, "#");

const nameOf = (region: Region): string => posix.basename(familyOf(region));

/** Regions by a key, each list in order of size. */
const group = <R extends Region>(
  regions: readonly R[],
  key: (region: R) => string,
): ReadonlyMap<string, readonly R[]> => {
  const groups = new Map<string, R[]>();
  for (const region of regions.toSorted((a, b) => a.size - b.size)) {
    const found = groups.get(key(region));
    if (found === undefined) groups.set(key(region), [region]);
    else found.push(region);
  }
  return groups;
};

/** Of regions in order of size, the one nearest to a size: a name such as `__init__.py` has thousands. */
const nearestInSize = <R extends Region>(regions: readonly R[], size: number): R | undefined => {
  let [low, high] = [0, regions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((regions[middle]?.size ?? 0) < size) low = middle + 1;
    else high = middle;
  }
  const [below, above] = [regions[low - 1], regions[low]];
  if (below === undefined || above === undefined) return below ?? above;
  return size - below.size <= above.size - size ? below : above;
};
