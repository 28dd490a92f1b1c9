import { createHash } from "node:crypto";
import { encodeIndex } from "../block-index/image-index.ts";
import { IndexMaker } from "../block-index/index-maker.ts";
import type { ByteSink } from "../delta/apply-delta.ts";
import type { ByteSource, Extent } from "../delta/byte-source.ts";
import type { Image } from "../delta/image-regions.ts";
import { cutFrames } from "./cut-frames.ts";
import { encodeTail, type Frame, MAX_FRAMES, MAX_IMAGE_BYTES } from "./frame-table.ts";
import { packFrame } from "./pack.ts";
import type { PackedFrames } from "./packed-frames.ts";
import { piecesOf } from "./pieces.ts";
import { frameCheck } from "./read-frames.ts";
import { type OpenSha256, openSha256 } from "./sha256.ts";

/** What a maker of frames may be given. */
export interface MakeFramesOptions {
  /** Of the image's hash tree, in hexadecimal. Without it the image is not taken for one of blocks: as a UKI, which has no hash tree. */
  readonly salt?: string;
  /** How many frames are compressed at a time, each in a thread of Node's pool. Default: 4. */
  readonly jobs?: number;
  /** Frames that need not be packed again. What is made is the same with and without. */
  readonly packed?: PackedFrames | undefined;
  /** Told how many bytes of the image are in the frames file, after each frame. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** What was made beside the frames file itself. */
export interface MadeFrames {
  readonly size: number;
  /** In lower-case hex. */
  readonly sha256: string;
  readonly frames: number;
  /** How many of them were packed before. */
  readonly reused: number;
  /** The index file (format `index-1`) of the same image. */
  readonly index: Uint8Array;
}

const NO_SALT = "00".repeat(32);

/**
 * Writes an image as a frames file (format `frames-1`), and makes its index on the way: the image is read once, in order, and of it only the frames
 * being compressed are in memory. Equal images give equal bytes.
 * Throws a RangeError for an image of too many frames (more than `MAX_FRAMES`, some 16 GiB), or one with a salt whose size is not whole blocks.
 */
export const makeFrames = async (
  image: Image,
  sink: ByteSink,
  { salt, jobs = 4, packed: before, onProgress }: MakeFramesOptions = {},
): Promise<MadeFrames> => {
  const total = image.bytes.size;
  const blockSize = salt === undefined ? 1 : image.blockSize;
  if (total % blockSize !== 0)
    throw new RangeError(`an image of ${total} bytes is not whole blocks`);
  const pieces = piecesOf(image, blockSize);
  const extents = cutFrames(pieces);
  if (extents.length > MAX_FRAMES || total > MAX_IMAGE_BYTES) {
    throw new RangeError(`an image of ${total} bytes would be ${extents.length} frames`);
  }
  const output = new HashedSink(sink);
  const index = new IndexMaker(pieces, blockSize, salt ?? NO_SALT);
  const frames: Frame[] = [];
  let reused = 0;
  const pack: Pack = async (bytes) => {
    const known = await before?.find(bytes);
    if (known === undefined) return packFrame(bytes);
    reused += 1;
    return known;
  };
  const onRead = (bytes: Uint8Array): void => index.update(bytes);
  const packing = { jobs, pack, onRead };
  for await (const { extent, packed } of packedInOrder(image.bytes, extents, packing)) {
    frames.push({
      ...extent,
      packedOffset: output.size,
      packedLength: packed.length,
      check: frameCheck(packed),
    });
    await output.write(packed);
    onProgress?.({ done: extent.offset + extent.length, total });
  }
  const leavesOffset = output.size;
  const leaves = index.leaves();
  await output.write(leaves);
  const table = { imageSize: total, frames, leavesOffset, leavesLength: leaves.length };
  const tail = encodeTail(table, blockSize);
  const tailOffset = output.size;
  await output.write(tail);
  const { size } = output;
  const sha256 = output.digest();
  const tailFacts = { offset: tailOffset, length: tail.length, sha256: sha256Of(tail) };
  const made = index.finish({ framesFile: { size, sha256 }, tail: tailFacts, leavesOffset });
  return { size, sha256, frames: frames.length, reused, index: encodeIndex(made) };
};

const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

type Pack = (bytes: Uint8Array) => Promise<Uint8Array>;

interface Packing {
  readonly jobs: number;
  readonly pack: Pack;
  /** Sees the image's bytes, in order. */
  readonly onRead: (bytes: Uint8Array) => void;
}

/** Packs several frames at a time, and gives them in order. */
async function* packedInOrder(
  bytes: ByteSource,
  extents: readonly Extent[],
  { jobs, pack, onRead }: Packing,
): AsyncGenerator<{ readonly extent: Extent; readonly packed: Uint8Array }, void, void> {
  const queue: { extent: Extent; packed: Promise<Uint8Array> }[] = [];
  for (const extent of extents) {
    const next = queue.length < Math.max(1, jobs) ? undefined : queue.shift();
    if (next !== undefined) yield { extent: next.extent, packed: await next.packed };
    const read = await bytes.read(extent.offset, extent.length);
    onRead(read);
    const packed = isZero(read) ? Promise.resolve(new Uint8Array(0)) : pack(read);
    // One that fails before it is its turn, or when nobody waits for it any more, must not end the process.
    packed.catch(() => {});
    queue.push({ extent, packed });
  }
  for (const { extent, packed } of queue) yield { extent, packed: await packed };
}

const ZEROS = new Uint8Array(64 * 1024);

const isZero = (bytes: Uint8Array): boolean => {
  for (let at = 0; at < bytes.length; at += ZEROS.length) {
    const part = bytes.subarray(at, at + ZEROS.length);
    if (Buffer.compare(part, ZEROS.subarray(0, part.length)) !== 0) return false;
  }
  return true;
};

/** A sink that knows the size and digest of what went into it. */
class HashedSink {
  readonly #sink: ByteSink;
  readonly #hash: OpenSha256 = openSha256();
  #size = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  get size(): number {
    return this.#size;
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#hash.update(bytes);
    this.#size += bytes.length;
    await this.#sink.write(bytes);
  }

  /** Once, at the end. */
  digest(): string {
    return this.#hash.digest("hex");
  }
}
