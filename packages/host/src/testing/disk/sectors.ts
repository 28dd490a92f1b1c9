import { EMPTY_DIGEST, replaced, sectorDigest } from "./digest.ts";

/** A disk to be read: one that runs, one that lost power, or an image. */
export interface Sectors {
  /** 512 or 4096. */
  readonly sectorSize: number;
  /** How many there are. */
  readonly sectors: number;
  /** Tells disks with other contents apart. */
  readonly digest: number;
  /** The sector's bytes; whoever gets them must not change them. A sector never written is all zeros. */
  read(sector: number): Uint8Array;
  /** The sectors that may hold something else than zeros, in no order. */
  touched(): Iterable<number>;
}

/** A disk of zeros. */
export const emptySectors = (sectorSize: number, sectors: number): Sectors => {
  if (sectorSize !== 512 && sectorSize !== 4096) {
    throw new RangeError(`a sector has 512 or 4096 bytes, not ${sectorSize}`);
  }
  const zeros = new Uint8Array(sectorSize);
  return { sectorSize, sectors, digest: EMPTY_DIGEST, read: () => zeros, touched: () => [] };
};

/** The disk that an image describes. */
export const imageSectors = (image: Uint8Array, sectorSize: number): Sectors => {
  if (image.byteLength % sectorSize !== 0) {
    throw new RangeError(`the image ends within a sector: ${image.byteLength} bytes`);
  }
  const sectors = image.byteLength / sectorSize;
  const read = (sector: number): Uint8Array =>
    image.subarray(sector * sectorSize, (sector + 1) * sectorSize);
  const filled: number[] = [];
  let digest = EMPTY_DIGEST;
  for (let sector = 0; sector < sectors; sector += 1) {
    const added = sectorDigest(sector, read(sector));
    if (added === EMPTY_DIGEST) continue;
    filled.push(sector);
    digest = replaced(digest, EMPTY_DIGEST, added);
  }
  return { sectorSize, sectors, digest, read, touched: () => filled };
};
