import { createHash } from "node:crypto";
import type { Alignment } from "./align.ts";
import { alignFiles as alignHere } from "./align-files.ts";
import type { ByteSource, Extent } from "./byte-source.ts";
import { compress } from "./compress.ts";
import { encodeOperations } from "./encode-operations.ts";
import { encodeHeader, forStreams, forStreamsAtOnce, STREAMS, WINDOW_BITS } from "./format.ts";
import type { Image, Region } from "./image-regions.ts";
import { readRegion, regionsOf } from "./image-regions.ts";
import type { HashedRegion, RegionPair } from "./match-regions.ts";
import { matchRegions } from "./match-regions.ts";
import type { ShapedAlignment } from "./shape-alignments.ts";
import { shapeAlignments, shapedParts } from "./shape-alignments.ts";

/** An image and the root hash of its verity tree, in hexadecimal. */
export interface HashedImage extends Image {
  readonly rootHash: string;
}

/** How far the making of a delta is, in bytes of the target that were compared. */
export interface DeltaProgress {
  readonly done: number;
  readonly total: number;
}

/** What a maker of deltas may be given. */
export interface MakeDeltaOptions {
  /** Aligns two files, in another thread perhaps. Default: here. */
  readonly alignFiles?: (
    source: Uint8Array,
    target: Uint8Array,
  ) => readonly Alignment[] | Promise<readonly Alignment[]>;
  /** How many pairs of files are aligned at a time. Default: 1. */
  readonly jobs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DeltaProgress) => void;
}

/** Larger files are sent whole: to compare them would take eleven times their size of memory. */
const MAX_ALIGNED_BYTES = 128 * 1024 * 1024;

/** Larger ones are compared one at a time, for the same reason. */
const MAX_SHARED_BYTES = 48 * 1024 * 1024;

/** Makes the delta that turns one image into another. Equal images and equal versions of this program give equal bytes. */
export const makeDelta = async (
  source: HashedImage,
  target: HashedImage,
  options: MakeDeltaOptions = {},
): Promise<Uint8Array> => {
  const pairs = matchRegions(await hashRegions(source), await hashRegions(target));
  const alignments = await alignPairs(source.bytes, target.bytes, pairs, options);
  const streams = await encodeOperations(source.bytes, target.bytes, alignments);
  const packed = await forStreamsAtOnce((name) => compress(streams[name], WINDOW_BITS[name]));
  const header = encodeHeader({
    blockSize: target.blockSize,
    sourceSize: source.bytes.size,
    targetSize: target.bytes.size,
    sourceRootHash: source.rootHash,
    targetRootHash: target.rootHash,
    streams: forStreams((name) => ({
      codec: packed[name].codec,
      packedLength: packed[name].packed.length,
      length: streams[name].length,
    })),
  });
  return Buffer.concat([header, ...STREAMS.map((name) => packed[name].packed)]);
};

const hashRegions = async (image: Image): Promise<readonly HashedRegion[]> => {
  const hashed: HashedRegion[] = [];
  for (const region of regionsOf(image)) {
    hashed.push({ ...region, hash: await hashRegion(image.bytes, region) });
  }
  return hashed;
};

const READ_BYTES = 1024 * 1024;

const hashRegion = async (bytes: ByteSource, { extents }: Region): Promise<string> => {
  const hash = createHash("sha256");
  for (const { offset, length } of extents) {
    for (let at = 0; at < length; at += READ_BYTES) {
      hash.update(await bytes.read(offset + at, Math.min(READ_BYTES, length - at)));
    }
  }
  return hash.digest("hex");
};

/** Aligns all pairs, and says in order of the target image which of its bytes are like which of the source's. */
const alignPairs = async (
  source: ByteSource,
  target: ByteSource,
  pairs: readonly RegionPair[],
  { alignFiles = alignHere, jobs = 1, signal, onProgress }: MakeDeltaOptions,
): Promise<readonly ShapedAlignment[]> => {
  const found: ShapedAlignment[] = [];
  let done = 0;
  const work = async (queue: Iterable<RegionPair>): Promise<void> => {
    for (const pair of queue) {
      signal?.throwIfAborted();
      const inFiles = await alignPair(source, target, pair, alignFiles);
      if (pair.source !== undefined) {
        for (const alignment of inFiles) place(alignment, pair.source, pair.target, found);
      }
      done += pair.target.size;
      onProgress?.({ done, total: target.size });
    }
  };
  const size = (pair: RegionPair): number => Math.max(pair.source?.size ?? 0, pair.target.size);
  await work(pairs.filter((pair) => size(pair) > MAX_SHARED_BYTES));
  // Those that take longest go first, lest one thread work on when the others are done.
  const rest = pairs
    .filter((pair) => size(pair) <= MAX_SHARED_BYTES)
    .toSorted((a, b) => size(b) - size(a))
    .values();
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, () => work(rest)));
  return found.toSorted((a, b) => a.target - b.target);
};

const alignPair = async (
  sourceBytes: ByteSource,
  targetBytes: ByteSource,
  { source, target, isEqual }: RegionPair,
  alignFiles: NonNullable<MakeDeltaOptions["alignFiles"]>,
): Promise<readonly ShapedAlignment[]> => {
  if (source === undefined) return [];
  if (isEqual) return [{ target: 0, source: 0, length: target.size }];
  if (Math.max(source.size, target.size) > MAX_ALIGNED_BYTES) return [];
  const file = await readRegion(targetBytes, target);
  // Who aligns may take the bytes with it.
  const parts = shapedParts(file);
  return shapeAlignments(await alignFiles(await readRegion(sourceBytes, source), file), parts);
};

/** Says of an alignment of two regions where in the images it is, cut where an extent of either ends. */
const place = (
  { source, target, length, shape }: ShapedAlignment,
  sourceRegion: Region,
  targetRegion: Region,
  found: ShapedAlignment[],
): void => {
  for (let at = 0; at < length;) {
    const from = locate(sourceRegion.extents, source + at);
    const to = locate(targetRegion.extents, target + at);
    const part = Math.min(length - at, from.length, to.length);
    found.push({ target: to.offset, source: from.offset, length: part, shape });
    at += part;
  }
};

/** Where a place of a region is in its image, and how many bytes follow it there. */
const locate = (extents: readonly Extent[], place: number): Extent => {
  let rest = place;
  for (const { offset, length } of extents) {
    if (rest < length) return { offset: offset + rest, length: length - rest };
    rest -= length;
  }
  throw new RangeError(`a region has no byte ${place}`);
};
