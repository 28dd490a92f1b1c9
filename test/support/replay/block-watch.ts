/**
 * How far a stretch of a disk is from holding what it may hold, kept up to date write by write: nobody hashes an image for each of thousands of disks.
 * A block is as it should be when its digest is.
 */
import { hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { SECTOR } from "./crash-points.ts";
import type { DiskView } from "./logged-disk.ts";

/** Digests of a file's blocks, the last one filled up with zeros. */
export type BlockDigests = Float64Array;

/** Where the blocks of a stretch are on the disk. */
export interface Stretch {
  readonly blockSectors: number;
  readonly blocks: number;
  /** The first sector of a block; the others follow. */
  readonly sectorOf: (block: number) => number;
  /** The block that a sector is in; undefined where it is in none. */
  readonly blockOf: (sector: number) => number | undefined;
}

export interface BlockWatch<Key> {
  /** How many blocks of a view differ from each of the contents that there may be. */
  readonly differing: (view: DiskView) => ReadonlyMap<Key, number>;
  /** What has arrived in a view is on the disk for good. To be called before the disk itself is changed. */
  readonly settle: (view: DiskView) => void;
}

/** 48 bits of it: to tell blocks apart that nobody made alike. */
export const digestOfBlock = (bytes: Uint8Array): number =>
  hash("sha1", bytes, "buffer").readUIntBE(0, 6);

const READ_BLOCKS = 256;

export const digestsOfFile = (file: string, blockSectors: number): BlockDigests => {
  const size = blockSectors * SECTOR;
  const descriptor = openSync(file, "r");
  try {
    const digests: number[] = [];
    const buffer = Buffer.alloc(size * READ_BLOCKS);
    for (let offset = 0; ;) {
      const length = readSync(descriptor, buffer, 0, buffer.length, offset);
      if (length === 0) return Float64Array.from(digests);
      buffer.fill(0, length);
      for (let at = 0; at < length; at += size) {
        digests.push(digestOfBlock(buffer.subarray(at, at + size)));
      }
      offset += length;
    }
  } finally {
    closeSync(descriptor);
  }
};

/** Blocks of the disk one after the other, from a sector on. */
export const stretchFrom = (first: number, blocks: number, blockSectors: number): Stretch => ({
  blockSectors,
  blocks,
  sectorOf: (block) => first + block * blockSectors,
  blockOf: (sector) => {
    const block = Math.floor((sector - first) / blockSectors);
    return block >= 0 && block < blocks ? block : undefined;
  },
});

/** Blocks of one sector each, wherever they are. */
export const stretchOf = (sectors: readonly number[]): Stretch => {
  const blocks = new Map(sectors.map((sector, block) => [sector, block]));
  return {
    blockSectors: 1,
    blocks: sectors.length,
    sectorOf: (block) => sectors[block] ?? 0,
    blockOf: (sector) => blocks.get(sector),
  };
};

/** Begins with what the disk holds now. Contents shorter than the stretch leave its end open. */
export const watchBlocks = <Key>(
  disk: DiskView,
  { blockSectors, blocks, sectorOf, blockOf }: Stretch,
  contents: ReadonlyMap<Key, BlockDigests>,
): BlockWatch<Key> => {
  /** By place in the log: a write is looked at in many views. */
  const known = new Map<number, number>();
  const look = (view: DiskView, block: number): number => {
    const first = sectorOf(block);
    const place = view.inLog(first, blockSectors);
    if (place === undefined) return digestOfBlock(view.sectors(first, blockSectors));
    const found = known.get(place) ?? digestOfBlock(view.sectors(first, blockSectors));
    known.set(place, found);
    return found;
  };
  const now = Float64Array.from({ length: blocks }, (_, block) => look(disk, block));
  const counts = new Map<Key, number>();
  for (const [key, digests] of contents) {
    counts.set(
      key,
      digests.reduce((sum, digest, block) => sum + Number(now[block] !== digest), 0),
    );
  }
  /** The blocks that are not as on the disk any more. */
  const changed = (view: DiskView): ReadonlyMap<number, number> => {
    const found = new Map<number, number>();
    for (const sector of view.arrived.keys()) {
      const block = blockOf(sector);
      if (block === undefined || found.has(block)) continue;
      found.set(block, look(view, block));
    }
    return found;
  };
  const countIn = (blocks_: ReadonlyMap<number, number>): ReadonlyMap<Key, number> => {
    const found = new Map(counts);
    for (const [key, digests] of contents) {
      let count = counts.get(key) ?? 0;
      for (const [block, digest] of blocks_) {
        const wanted = digests[block];
        if (wanted === undefined) continue;
        count += Number(digest !== wanted) - Number(now[block] !== wanted);
      }
      found.set(key, count);
    }
    return found;
  };
  return {
    differing: (view) => countIn(changed(view)),
    settle: (view) => {
      const found = changed(view);
      for (const [key, count] of countIn(found)) counts.set(key, count);
      for (const [block, digest] of found) now[block] = digest;
      known.clear();
    },
  };
};
