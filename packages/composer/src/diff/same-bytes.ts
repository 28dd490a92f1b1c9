/** Whether runs of bytes of two files are the same, in pieces that fit into memory whatever their length. */
import type { ByteSource } from "@slipway/release";
import type { Extent } from "../inspect/erofs-inode.ts";

const PIECE_BYTES = 256 * 1024;

/** The first that differs is small, more often than not. */
const FIRST_PIECE_BYTES = 16 * 1024;

/** Compares extents of equal total length, up to the first difference; they need not be cut alike. */
export const isSameBytes = async (
  before: ByteSource,
  beforeExtents: readonly Extent[],
  after: ByteSource,
  afterExtents: readonly Extent[],
  signal?: AbortSignal,
): Promise<boolean> => {
  const [old, now] = [cursor(beforeExtents), cursor(afterExtents)];
  const [readOld, readNow] = [pieceReader(before), pieceReader(after)];
  let most = FIRST_PIECE_BYTES;
  for (;;) {
    signal?.throwIfAborted();
    const length = Math.min(most, old.left(), now.left());
    if (length === 0) return old.left() === now.left();
    const [a, b] = await Promise.all([
      readOld(old.take(length), length),
      readNow(now.take(length), length),
    ]);
    if (Buffer.compare(a, b) !== 0) return false;
    most = PIECE_BYTES;
  }
};

/** Reads one piece after the other into the same bytes: a gigabyte of garbage would outgrow the collector. */
const pieceReader = (file: ByteSource) => {
  let piece = new Uint8Array(0);
  return async (offset: number, length: number): Promise<Uint8Array> => {
    if (file.readInto === undefined) return file.read(offset, length);
    if (piece.length < length) piece = new Uint8Array(length);
    const target = piece.subarray(0, length);
    await file.readInto(target, offset);
    return target;
  };
};

/** A place in a list of extents. */
const cursor = (extents: readonly Extent[]) => {
  let [index, done] = [0, 0];
  const current = (): Extent | undefined => {
    for (;;) {
      const extent = extents[index];
      if (extent === undefined || done < extent.length) return extent;
      [index, done] = [index + 1, 0];
    }
  };
  return {
    /** Bytes up to the end of this extent; 0 at the very end. */
    left: (): number => (current()?.length ?? done) - done,
    /** Where the next bytes are; they count as read then. */
    take: (length: number): number => {
      const offset = (current()?.offset ?? 0) + done;
      done += length;
      return offset;
    },
  };
};
