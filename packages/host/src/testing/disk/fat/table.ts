/** The table of clusters, changed: chains grow, end and are freed, first in the first copy and then in the others. */
import type { Buffers } from "./buffers.ts";
import { chainFrom, END, ENTRY_MASK, FREE, readEntry, tablePlace } from "./chains.ts";
import { FatError } from "./error.ts";
import type { SpaceHints } from "./info-sector.ts";
import { clusterCount, FIRST_CLUSTER, isCluster, type Layout } from "./layout.ts";

export interface Table {
  /** Whose buffers the tables are. */
  readonly owner: object;
  readonly hints: SpaceHints;
  /** Takes free clusters, chained to one another; `sync` gives the first copy to the disk before the others change. */
  allocate(count: number, sync: boolean): readonly [number, ...number[]];
  /** Hangs a chain at the end of another. */
  append(last: number, next: number, sync: boolean): void;
  /** Frees a whole chain. */
  free(first: number): void;
}

/** So many sectors of the table are changed before the other copies are brought up to date. */
const MIRROR_BATCH = 8;

export const tableOf = (layout: Layout, buffers: Buffers, hints: SpaceHints): Table => {
  const owner = {};
  const count = clusterCount(layout);
  let free = hints.free;
  let last = isCluster(layout, hints.last ?? 0) ? (hints.last ?? 0) : FIRST_CLUSTER;

  const get = (cluster: number): number => {
    const { sector, offset } = tablePlace(layout, cluster);
    return readEntry(buffers.read(sector), offset);
  };
  const set = (cluster: number, entry: number): number => {
    const { sector, offset } = tablePlace(layout, cluster);
    buffers.change(sector, { owner, site: "the table" }, (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset);
      const kept = view.getUint32(offset, true) & ~ENTRY_MASK;
      view.setUint32(offset, (kept | entry) >>> 0, true);
    });
    return sector;
  };
  const mirror = (sectors: Iterable<number>): void => {
    for (let copy = 1; copy < layout.fats; copy += 1) {
      for (const sector of sectors) {
        const from = buffers.read(sector);
        const options = { owner, site: "the table's copy" };
        buffers.change(sector + copy * layout.fatLength, options, (bytes) => bytes.set(from));
      }
    }
  };
  /** The next free cluster after the one taken last, around the end. */
  const nextFree = (): number => {
    for (let step = 1; step <= count; step += 1) {
      const cluster = FIRST_CLUSTER + ((last - FIRST_CLUSTER + step) % count);
      if (get(cluster) === FREE) return cluster;
    }
    free = 0;
    throw new FatError("NO_SPACE", "no cluster is free");
  };
  const take = (before: number | undefined, sectors: Set<number>): number => {
    const cluster = nextFree();
    sectors.add(set(cluster, END));
    if (before !== undefined) set(before, cluster);
    last = cluster;
    if (free !== undefined) free -= 1;
    return cluster;
  };

  const freeChain = (first: number): void => {
    const sectors = new Set<number>();
    for (const cluster of [...chainFrom(layout, buffers.read, first)]) {
      if (sectors.size === MIRROR_BATCH) {
        mirror(sectors);
        sectors.clear();
      }
      sectors.add(set(cluster, FREE));
      if (free !== undefined) free += 1;
    }
    mirror(sectors);
  };

  return {
    owner,
    get hints() {
      return { free, last };
    },
    allocate: (count, sync) => {
      const sectors = new Set<number>();
      const clusters: [number, ...number[]] = [take(undefined, sectors)];
      try {
        while (clusters.length < count) clusters.push(take(clusters.at(-1), sectors));
      } catch (error) {
        freeChain(clusters[0]);
        throw error;
      }
      if (sync) buffers.write(sectors);
      mirror(sectors);
      return clusters;
    },
    append: (tail, next, sync) => {
      const sector = set(tail, next);
      if (sync) buffers.write([sector]);
      mirror([sector]);
    },
    free: freeChain,
  };
};
