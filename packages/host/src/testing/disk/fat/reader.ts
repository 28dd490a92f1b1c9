/** Reads a FAT32 file system as firmware and loaders do, whatever a power cut made of it. */
import type { Sectors } from "../sectors.ts";
import { chainFrom } from "./chains.ts";
import { ATTRIBUTE, type DirectoryEntry, scanEntries } from "./entries.ts";
import { FatError } from "./error.ts";
import { clusterBytes, clusterSectors, type Layout, parseBootSector } from "./layout.ts";
import { nameKey } from "./names.ts";

export interface ListedFile {
  readonly name: string;
  readonly kind: "file" | "directory";
  readonly size: number;
}

export interface FatReader {
  /** What a directory lists, in its order. A name can be there twice. */
  readdir(path: string): readonly ListedFile[];
  /** The first file of this name; refuses one whose clusters are not all there. */
  readFile(path: string): Uint8Array;
  /** Where `readFile` finds its bytes: sectors in order, the last one perhaps in part. Refuses the same files. */
  sectorsOf(path: string): { readonly size: number; readonly sectors: readonly number[] };
}

/** Refuses a disk that has no FAT32 file system. Paths are absolute and do not mind case: `/EFI/Linux/a.efi`. */
export const readFat = (disk: Pick<Sectors, "sectors" | "read">): FatReader => {
  const layout = parseBootSector(disk.read(0), disk.sectors);
  const read = (sector: number): Uint8Array => disk.read(sector);
  const entries = (start: number): readonly DirectoryEntry[] =>
    Array.from(scanEntries(sectorsFrom(layout, read, start), { atNeverUsed: "end" })).filter(
      ({ name }) => name !== "." && name !== "..",
    );
  const find = (path: string): { start: number; size: number; isDirectory: boolean } => {
    const root = { start: layout.rootCluster, size: 0, isDirectory: true };
    let place = root;
    for (const name of namesOf(path)) {
      if (!place.isDirectory) throw new FatError("NOT_A_DIRECTORY", `no directory: ${path}`);
      const entry = entries(place.start).find((listed) => nameKey(listed.name) === nameKey(name));
      if (entry === undefined) throw new FatError("NOT_FOUND", `not there: ${path}`);
      const { start, size } = entry;
      place = { start, size, isDirectory: isDirectory(entry) };
    }
    return place;
  };
  const findFile = (path: string): { start: number; size: number } => {
    const place = find(path);
    if (place.isDirectory) throw new FatError("IS_A_DIRECTORY", `a directory: ${path}`);
    return place;
  };
  return {
    readdir: (path) => {
      const place = find(path);
      if (!place.isDirectory) throw new FatError("NOT_A_DIRECTORY", `no directory: ${path}`);
      return entries(place.start).map((entry) => ({
        name: entry.name,
        kind: isDirectory(entry) ? "directory" : "file",
        size: entry.size,
      }));
    },
    readFile: (path) => {
      const { start, size } = findFile(path);
      return readContents(layout, read, start, size);
    },
    sectorsOf: (path) => {
      const { start, size } = findFile(path);
      const count = Math.ceil(size / layout.sectorSize);
      return { size, sectors: contentSectors(layout, read, start, size).slice(0, count) };
    },
  };
};

/** The parts of a path, which begins at the root. */
export const namesOf = (path: string): readonly string[] => {
  if (!path.startsWith("/")) throw new FatError("NOT_FOUND", `not an absolute path: ${path}`);
  return path.split("/").filter((name) => name !== "");
};

export const isDirectory = ({ attributes }: { readonly attributes: number }): boolean =>
  (attributes & ATTRIBUTE.directory) !== 0;

/** The sectors of a chain with what they hold. */
export function* sectorsFrom(
  layout: Layout,
  read: (sector: number) => Uint8Array,
  start: number,
): Generator<readonly [number, Uint8Array], void, undefined> {
  for (const cluster of chainFrom(layout, read, start)) {
    for (const sector of clusterSectors(layout, cluster)) yield [sector, read(sector)];
  }
}

/** A file's bytes. */
export const readContents = (
  layout: Layout,
  read: (sector: number) => Uint8Array,
  start: number,
  size: number,
): Uint8Array => {
  const sectors = contentSectors(layout, read, start, size);
  const bytes = new Uint8Array(sectors.length * layout.sectorSize);
  for (const [index, sector] of sectors.entries()) {
    bytes.set(read(sector), index * layout.sectorSize);
  }
  return bytes.subarray(0, size);
};

/** The sectors of a file's clusters; its chain must reach as far as its size and then end, or go on with a cluster that exists. */
const contentSectors = (
  layout: Layout,
  read: (sector: number) => Uint8Array,
  start: number,
  size: number,
): readonly number[] => {
  // The size is checked by the chain before it is believed: a torn entry can claim 4 GiB.
  const chain: number[] = [];
  const needed = Math.ceil(size / clusterBytes(layout));
  if (needed > 0) {
    for (const cluster of chainFrom(layout, read, start)) {
      // Only here: a last cluster that leads nowhere is one that somebody else may be given.
      if (chain.length === needed) break;
      chain.push(cluster);
    }
  }
  if (chain.length < needed) {
    throw new FatError(
      "CHAIN_BROKEN",
      `the chain from cluster ${start} ends after ${chain.length} of ${needed} clusters`,
    );
  }
  return chain.flatMap((cluster) => clusterSectors(layout, cluster));
};
