import { createHash, hash } from "node:crypto";
import type { ByteSource, Extent } from "../delta/byte-source.ts";
import type { Frame, FrameTable } from "./frame-table.ts";
import { decodeFooter, decodeTail, FOOTER_BYTES } from "./frame-table.ts";
import { unpack, unpackInto } from "./pack.ts";
import { TransportError } from "./transport-error.ts";

/** Holds the table of most images: a second read is needed for larger ones only. */
const LIKELY_TAIL_BYTES = 64 * 1024;

/** Reads the table of a frames file, of which nothing is trusted, in one read or two. Throws a TransportError. */
export const readFrameTable = async (file: ByteSource): Promise<FrameTable> => {
  const likely = Math.min(file.size, LIKELY_TAIL_BYTES);
  const end = await file.read(file.size - likely, likely);
  const footer = decodeFooter(end.subarray(Math.max(0, likely - FOOTER_BYTES)), file.size);
  const length = footer.tablePackedLength + FOOTER_BYTES;
  if (length <= likely) return decodeTail(end.subarray(likely - length), file.size);
  const before = await file.read(file.size - length, length - likely);
  return decodeTail(Buffer.concat([before, end]), file.size);
};

/** The table from the bytes that an index names: table and footer, and nothing before them. Throws a TransportError. */
export const frameTableOf = (
  tail: Uint8Array,
  expected: {
    readonly tail: { readonly sha256: string };
    readonly framesFile: { readonly size: number };
  },
): FrameTable => {
  if (createHash("sha256").update(tail).digest("hex") !== expected.tail.sha256) {
    throw new TransportError(
      "TRANSPORT_CORRUPT",
      "frames: the table is not the one that the index names",
    );
  }
  return decodeTail(tail, expected.framesFile.size);
};

/** The frames, which follow each other, that hold a run of the image. Empty for an empty run. */
export const framesFor = ({ frames }: FrameTable, { offset, length }: Extent): readonly Frame[] => {
  if (length <= 0) return [];
  const first = frameAt(frames, offset);
  let end = first;
  while ((frames[end]?.offset ?? Infinity) < offset + length) end += 1;
  return frames.slice(first, end);
};

/** The number of the frame that holds a byte of the image; 0 for one before, the last for one behind. */
export const frameAt = (frames: readonly Frame[], offset: number): number => {
  let [low, high] = [0, frames.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((frames[middle]?.offset ?? Infinity) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
};

/** The bytes of a frame, from what the frames file has of it. Throws a TransportError for anything else. */
export const unpackFrame = (frame: Frame, packed: Uint8Array): Uint8Array => {
  const what = nameOf(frame);
  checkPacked(frame, packed, what);
  if (frame.packedLength === 0) return new Uint8Array(frame.length);
  return frame.packedLength === frame.length ? packed : unpack(packed, frame.length, what);
};

/** The same into the beginning of `room`, which has room for them: nothing is left behind for V8 to collect. */
export const unpackFrameInto = (room: Uint8Array, frame: Frame, packed: Uint8Array): Uint8Array => {
  const what = nameOf(frame);
  checkPacked(frame, packed, what);
  if (frame.packedLength === 0) return room.fill(0, 0, frame.length).subarray(0, frame.length);
  return frame.packedLength === frame.length
    ? packed
    : unpackInto(room, packed, frame.length, what);
};

const nameOf = ({ packedOffset }: Frame): string => `frames: the frame at byte ${packedOffset}`;

const checkPacked = (frame: Frame, packed: Uint8Array, what: string): void => {
  if (packed.length !== frame.packedLength) {
    throw new TransportError(
      "TRANSPORT_LENGTH",
      `${what} has ${frame.packedLength} bytes, ${packed.length} came`,
    );
  }
  if (frame.packedLength > 0 && frameCheck(packed) !== frame.check) {
    throw new TransportError("TRANSPORT_CORRUPT", `${what} has not the hash that the table says`);
  }
};

/** What a table says of a frame's packed bytes. */
export const frameCheck = (packed: Uint8Array): number =>
  packed.length === 0 ? 0 : hash("sha256", packed, "buffer").readUInt32LE(0);
