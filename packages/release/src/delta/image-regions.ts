import type { ByteSource, Extent } from "./byte-source.ts";

/** A regular file of an image. */
export interface ImageFile {
  /** From the root of the image, such as `/usr/bin/env`. */
  readonly path: string;
  /** Where its bytes are, in their order. */
  readonly extents: readonly Extent[];
}

/** An image as a delta sees it: bytes, and which of them are whose. */
export interface Image {
  readonly bytes: ByteSource;
  readonly blockSize: number;
  readonly files: readonly ImageFile[];
}

/** Bytes of an image that are best compared as one: a file, or all that is no file's. */
export interface Region {
  readonly path: string;
  /** In order of the image, which need not be the file's. */
  readonly extents: readonly Extent[];
  readonly size: number;
}

/** What belongs to no file (superblock, inodes, directories, links) is a region of this name. */
export const METADATA = "";

/**
 * Cuts an image into regions: each byte of it is in one of them. Padding belongs to the file whose last block it
 * fills, and of files that share bytes only the first has them.
 */
export const regionsOf = ({ bytes, blockSize, files }: Image): readonly Region[] => {
  const claims = files
    .flatMap(({ path, extents }) => extents.map((extent) => ({ path, ...extent })))
    .filter(({ length }) => length > 0)
    .toSorted((a, b) => a.offset - b.offset);
  const byPath = new Map<string, Extent[]>();
  const give = (path: string, offset: number, length: number): void => {
    if (length <= 0) return;
    const extents = byPath.get(path);
    if (extents === undefined) byPath.set(path, [{ offset, length }]);
    else extents.push({ offset, length });
  };
  let end = 0;
  for (const [i, { path, offset, length }] of claims.entries()) {
    give(METADATA, end, offset - end);
    const start = Math.max(offset, end);
    const next = claims[i + 1]?.offset ?? bytes.size;
    const isAligned = offset % blockSize === 0;
    const padded = isAligned ? Math.ceil((offset + length) / blockSize) * blockSize : 0;
    end = Math.max(start, offset + length, Math.min(padded, next));
    give(path, start, end - start);
  }
  give(METADATA, end, bytes.size - end);
  return [...byPath].map(([path, extents]) => ({
    path,
    extents,
    size: extents.reduce((sum, { length }) => sum + length, 0),
  }));
};

/** Reads a region whole. */
export const readRegion = async (bytes: ByteSource, region: Region): Promise<Uint8Array> => {
  const whole = new Uint8Array(region.size);
  let at = 0;
  for (const { offset, length } of region.extents) {
    whole.set(await bytes.read(offset, length), at);
    at += length;
  }
  return whole;
};
