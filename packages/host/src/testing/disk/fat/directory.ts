/** Directories, changed in Linux's order: a new name's long entries before its alias; an old one's alias first. */
import type { Buffers } from "./buffers.ts";
import { chainFrom } from "./chains.ts";
import {
  DELETED,
  type DirectoryEntry,
  ENTRY_BYTES,
  type EntryPlace,
  NEVER_USED,
  scanEntries,
} from "./entries.ts";
import type { Inode } from "./inodes.ts";
import { clusterBytes, clusterSectors, type Layout } from "./layout.ts";
import { nameKey } from "./names.ts";
import { sectorsFrom } from "./reader.ts";
import type { Table } from "./table.ts";

export interface DirectoryParts {
  readonly layout: Layout;
  readonly buffers: Buffers;
  readonly table: Table;
  /** Each change of a directory is given to the disk at once, as the mount option of this name has it. */
  readonly dirsync: boolean;
}

export interface Directories {
  list(directory: Inode): readonly DirectoryEntry[];
  find(directory: Inode, name: string): DirectoryEntry | undefined;
  /** Puts the entries of one file into free places, or at the end; answers where its alias is. */
  add(directory: Inode, entries: readonly Uint8Array[]): EntryPlace;
  remove(directory: Inode, entry: DirectoryEntry): void;
  /** A new directory's only cluster. */
  create(parent: Inode, content: (cluster: number) => readonly Uint8Array[]): number;
}

export const directoriesOf = ({ layout, buffers, table, dirsync }: DirectoryParts): Directories => {
  const list = (directory: Inode): readonly DirectoryEntry[] =>
    Array.from(
      scanEntries(sectorsFrom(layout, buffers.read, directory.start), { atNeverUsed: "go on" }),
    );
  const sync = (sectors: Iterable<number>): void => {
    if (dirsync) buffers.write(sectors);
  };
  const fill = (owner: Inode, group: Group, entries: readonly Uint8Array[]): void => {
    buffers.change(group.sector, { owner, site: "new directory entries" }, (bytes) => {
      for (const [index, entry] of entries.entries()) {
        bytes.set(entry, group.offset + index * ENTRY_BYTES);
      }
    });
  };
  const fillAll = (
    owner: Inode,
    groups: readonly Group[],
    entries: readonly Uint8Array[],
  ): void => {
    let done = 0;
    for (const group of groups) {
      fill(owner, group, entries.slice(done, done + group.count));
      done += group.count;
    }
  };
  /** Fills a cluster that belongs to no file yet, so that the order does not matter. */
  const fillCluster = (owner: Inode, cluster: number, entries: readonly Uint8Array[]): void => {
    const perSector = layout.sectorSize / ENTRY_BYTES;
    for (const [index, sector] of clusterSectors(layout, cluster).entries()) {
      const here = entries.slice(index * perSector, (index + 1) * perSector);
      buffers.change(sector, { owner, site: "a directory's new cluster" }, (bytes) => {
        bytes.fill(0);
        for (const [slot, entry] of here.entries()) bytes.set(entry, slot * ENTRY_BYTES);
      });
    }
    sync(clusterSectors(layout, cluster));
  };
  const grow = (directory: Inode, entries: readonly Uint8Array[]): EntryPlace => {
    const perCluster = clusterBytes(layout) / ENTRY_BYTES;
    const last = Array.from(chainFrom(layout, buffers.read, directory.start)).at(-1);
    const clusters = table.allocate(Math.ceil(entries.length / perCluster), dirsync);
    for (const [index, cluster] of clusters.entries()) {
      fillCluster(directory, cluster, entries.slice(index * perCluster, (index + 1) * perCluster));
    }
    table.append(last ?? directory.start, clusters[0], dirsync);
    const at = (entries.length - 1) * ENTRY_BYTES;
    const sectors = clusters.flatMap((cluster) => clusterSectors(layout, cluster));
    const sector = sectors[Math.floor(at / layout.sectorSize)] ?? 0;
    return { sector, offset: at % layout.sectorSize };
  };

  return {
    list,
    find: (directory, name) =>
      list(directory).find((entry) => nameKey(entry.name) === nameKey(name)),
    add: (directory, entries) => {
      const sectors = Array.from(sectorsFrom(layout, buffers.read, directory.start));
      const places = freePlaces(sectors, entries.length);
      const groups = groupBySector(places);
      if (places.length < entries.length) {
        fillAll(directory, groups, entries.slice(0, places.length));
        sync(groups.map(({ sector }) => sector));
        return grow(directory, entries.slice(places.length));
      }
      const before = groups.slice(0, -1);
      const long = before.reduce((sum, { count }) => sum + count, 0);
      fillAll(directory, before, entries.slice(0, long));
      sync(before.map(({ sector }) => sector));
      fillAll(directory, groups.slice(-1), entries.slice(long));
      sync(groups.slice(-1).map(({ sector }) => sector));
      return places.at(-1) ?? { sector: 0, offset: 0 };
    },
    remove: (directory, { places }) => {
      const groups = groupBySector(places);
      for (const group of [...groups.slice(-1), ...groups.slice(0, -1)]) {
        const options = { owner: directory, site: "removed directory entries" };
        buffers.change(group.sector, options, (bytes) => {
          for (let slot = 0; slot < group.count; slot += 1) {
            bytes[group.offset + slot * ENTRY_BYTES] = DELETED;
          }
        });
        sync([group.sector]);
      }
    },
    create: (parent, content) => {
      const [cluster] = table.allocate(1, dirsync);
      fillCluster(parent, cluster, content(cluster));
      return cluster;
    },
  };
};

/** The first run of that many free places in a row, or the free ones at the end. */
const freePlaces = (
  sectors: readonly (readonly [number, Uint8Array])[],
  count: number,
): readonly EntryPlace[] => {
  let run: EntryPlace[] = [];
  for (const [sector, bytes] of sectors) {
    for (let offset = 0; offset < bytes.byteLength; offset += ENTRY_BYTES) {
      const isFree = bytes[offset] === DELETED || bytes[offset] === NEVER_USED;
      if (isFree) run.push({ sector, offset });
      else run = [];
      if (run.length === count) return run;
    }
  }
  return run;
};

/** Places in a row within one sector. */
interface Group {
  readonly sector: number;
  readonly offset: number;
  readonly count: number;
}

const groupBySector = (places: readonly EntryPlace[]): readonly Group[] => {
  const groups: Group[] = [];
  for (const { sector, offset } of places) {
    const last = groups.at(-1);
    if (last?.sector === sector) groups[groups.length - 1] = { ...last, count: last.count + 1 };
    else groups.push({ sector, offset, count: 1 });
  }
  return groups;
};
