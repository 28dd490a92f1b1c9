/**
 * What a kernel does between programs and a disk: it remembers writes, hands them over when it likes, and for sure only when
 * somebody waits for that. A power cut finds any of them on the disk or none.
 */
import type { SimulatedDisk } from "./disk/index.ts";

export interface PageCache {
  /** Fills `target` from the sectors of which `first` is the first. */
  readInto(target: Uint8Array, first: number, offset: number): void;
  /** Changes bytes in those sectors. */
  write(bytes: Uint8Array, first: number, offset: number, site: string): void;
  /** Hands over what was written to these sectors, and flushes the disk. */
  sync(first: number, sectors: number): void;
  /** Reads the disk alone. */
  readBack(target: Uint8Array, first: number, offset: number): void;
}

/** What a page cache needs of a disk. */
export type CachedDisk = Pick<
  SimulatedDisk,
  "sectorSize" | "read" | "write" | "mayWrite" | "flush"
>;

export const pageCacheOn = (disk: CachedDisk): PageCache => {
  const { sectorSize } = disk;
  const dirty = new Map<number, { readonly bytes: Uint8Array; readonly site: string }>();
  const cached = (sector: number): Uint8Array => dirty.get(sector)?.bytes ?? disk.read(sector);
  const copyOut = (
    read: (sector: number) => Uint8Array,
    target: Uint8Array,
    first: number,
    offset: number,
  ): void => {
    for (let at = 0; at < target.length;) {
      const place = offset + at;
      const sector = read(first + Math.floor(place / sectorSize));
      const piece = sector.subarray(place % sectorSize).subarray(0, target.length - at);
      target.set(piece, at);
      at += piece.length;
    }
  };
  return {
    readInto: (target, first, offset) => copyOut(cached, target, first, offset),
    readBack: (target, first, offset) =>
      copyOut((sector) => disk.read(sector), target, first, offset),
    write: (bytes, first, offset, site) => {
      for (let at = 0; at < bytes.length;) {
        const place = offset + at;
        const sector = first + Math.floor(place / sectorSize);
        const inSector = place % sectorSize;
        const piece = bytes.subarray(at, at + sectorSize - inSector);
        const changed = cached(sector).slice();
        changed.set(piece, inSector);
        dirty.set(sector, { bytes: changed, site });
        disk.mayWrite(sector, changed, site);
        at += piece.length;
      }
    },
    sync: (first, sectors) => {
      for (const [sector, { bytes, site }] of dirty) {
        if (sector < first || sector >= first + sectors) continue;
        disk.write(sector, bytes, site);
        dirty.delete(sector);
      }
      disk.flush();
    },
  };
};
