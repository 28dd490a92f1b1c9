/** Files and directories as the kernel holds them in memory, and when their state goes into their directory entries. */
import type { Buffers } from "./buffers.ts";
import {
  type DirectoryEntry,
  type EntryPlace,
  entryTimes,
  type EntryUpdate,
  updateEntry,
} from "./entries.ts";
import { isDirectory } from "./reader.ts";
import type { Timestamp } from "./timestamp.ts";

export interface Inode {
  readonly kind: "file" | "directory";
  attributes: number;
  start: number;
  size: number;
  changed: Timestamp;
  readonly created: Timestamp;
  /** Where its entry is; the root has none, nor has a file that was removed. */
  place: EntryPlace | undefined;
}

export interface Inodes {
  /** The one inode of the file with this entry. */
  of(entry: DirectoryEntry): Inode;
  /** Its state differs from its entry: the kernel will write it, sooner or later. */
  markDirty(inode: Inode): void;
  /** Writes its state into its entry, and gives that to the disk. */
  write(inode: Inode): void;
  writeAll(): void;
  /** Its entry is elsewhere from now on, or nowhere. */
  move(inode: Inode, place: EntryPlace | undefined): void;
  /** Tells the disk which entries the kernel may write over a sector on its own. */
  supposeIn(sector: number): void;
}

const SITE = "a file's state";

export const inodesIn = (buffers: () => Buffers): Inodes => {
  const known = new Map<string, Inode>();
  const dirty = new Map<number, Set<Inode>>();

  const supposeIn = (sector: number): void => {
    const inodes = [...(dirty.get(sector) ?? [])];
    const combinations = inodes.length > 1 ? [...inodes.map((inode) => [inode]), inodes] : [inodes];
    for (const together of combinations) {
      if (together.length === 0) continue;
      buffers().suppose(sector, SITE, (bytes) => {
        for (const inode of together) encode(bytes, inode);
      });
    }
  };
  const clean = (inode: Inode): boolean =>
    inode.place !== undefined && (dirty.get(inode.place.sector)?.delete(inode) ?? false);
  const write = (inode: Inode): void => {
    const { place } = inode;
    if (place === undefined || !clean(inode)) return;
    buffers().change(place.sector, { site: SITE }, (bytes) => encode(bytes, inode));
    buffers().write([place.sector]);
  };
  const markDirty = (inode: Inode): void => {
    if (inode.place === undefined) return;
    const { sector } = inode.place;
    dirty.set(sector, (dirty.get(sector) ?? new Set()).add(inode));
    supposeIn(sector);
  };
  return {
    of: (entry) => {
      const place = entry.places.at(-1) ?? entry.places[0];
      const inode = known.get(keyOf(place));
      if (inode !== undefined) return inode;
      const created: Inode = {
        kind: isDirectory(entry) ? "directory" : "file",
        attributes: entry.attributes,
        start: entry.start,
        size: entry.size,
        ...entryTimes(buffers().read(place.sector), place.offset),
        place,
      };
      known.set(keyOf(place), created);
      return created;
    },
    markDirty,
    write,
    writeAll: () => {
      for (const inodes of [...dirty.values()]) for (const inode of [...inodes]) write(inode);
    },
    move: (inode, place) => {
      clean(inode);
      if (inode.place !== undefined) known.delete(keyOf(inode.place));
      inode.place = place;
      if (place !== undefined) known.set(keyOf(place), inode);
    },
    supposeIn,
  };
};

const encode = (bytes: Uint8Array, inode: Inode): void => {
  if (inode.place === undefined) return;
  const update: EntryUpdate = inode;
  updateEntry(bytes, inode.place.offset, {
    ...update,
    size: inode.kind === "directory" ? 0 : inode.size,
  });
};

const keyOf = ({ sector, offset }: EntryPlace): string => `${sector}:${offset}`;
