/** The table of clusters, read: which cluster follows which. */
import { FatError } from "./error.ts";
import { clusterCount, isCluster, type Layout } from "./layout.ts";

export const FREE = 0;
/** The end of a chain, as it is written; anything from `END_FROM` is read as one. */
export const END = 0x0fff_ffff;
const END_FROM = 0x0fff_fff8;
/** The upper four bits of an entry are not part of it and stay as they are. */
export const ENTRY_MASK = 0x0fff_ffff;

export interface TablePlace {
  readonly sector: number;
  readonly offset: number;
}

/** Where the first table has a cluster's entry. */
export const tablePlace = (layout: Layout, cluster: number): TablePlace => {
  const at = cluster * 4;
  return {
    sector: layout.reserved + Math.floor(at / layout.sectorSize),
    offset: at % layout.sectorSize,
  };
};

export const readEntry = (bytes: Uint8Array, offset: number): number =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true) & ENTRY_MASK;

export const isEnd = (entry: number): boolean => entry >= END_FROM;

export type ReadSector = (sector: number) => Uint8Array;

/** The clusters of a chain, in order; refuses one that leaves the disk, runs into a free cluster or never ends. */
export function* chainFrom(
  layout: Layout,
  read: ReadSector,
  first: number,
): Generator<number, void, undefined> {
  let cluster = first;
  for (let length = 0; !isEnd(cluster); length += 1) {
    if (!isCluster(layout, cluster)) {
      throw new FatError("CHAIN_BROKEN", `the chain from cluster ${first} leads to ${cluster}`);
    }
    if (length === clusterCount(layout)) {
      throw new FatError("CHAIN_BROKEN", `the chain from cluster ${first} has no end`);
    }
    yield cluster;
    const { sector, offset } = tablePlace(layout, cluster);
    cluster = readEntry(read(sector), offset);
  }
}
