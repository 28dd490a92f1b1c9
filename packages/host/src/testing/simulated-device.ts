import { type BlockDevice, checkRange, checkSectors } from "../block-device.ts";
import type { CachedDisk, PageCache } from "./page-cache.ts";

/** A stretch of a disk. */
export interface DiskPart {
  readonly name: string;
  readonly first: number;
  readonly sectors: number;
}

/** A partition of a simulated disk as a block device. */
export const simulatedDevice = (
  disk: CachedDisk,
  cache: PageCache,
  { name, first, sectors }: DiskPart,
): BlockDevice => {
  const place = { name, size: sectors * disk.sectorSize, sectorSize: disk.sectorSize };
  return {
    ...place,
    readInto: async (target, offset) => {
      checkRange(place, offset, target.length);
      cache.readInto(target, first, offset);
    },
    write: async (bytes, offset) => {
      checkSectors(place, offset, bytes.length);
      cache.write(bytes, first, offset, name);
    },
    flush: async () => cache.sync(first, sectors),
    readBack: async (target, offset) => {
      checkRange(place, offset, target.length);
      cache.readBack(target, first, offset);
    },
    close: async () => undefined,
  };
};
