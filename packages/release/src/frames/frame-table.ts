import { createHash } from "node:crypto";
import { ByteList } from "../delta/byte-list.ts";
import { NumberReader } from "./number-reader.ts";
import { pack, unpack } from "./pack.ts";
import { packerMark } from "./packer-mark.ts";
import { TransportError } from "./transport-error.ts";

/** A run of an image that is compressed by itself. */
export interface Frame {
  /** Where in the image its bytes belong. */
  readonly offset: number;
  /** Of its bytes in the image. */
  readonly length: number;
  /** Where in the frames file it is. */
  readonly packedOffset: number;
  /** Nothing where all of its bytes are zero; as many as `length` where it is not compressed. */
  readonly packedLength: number;
  /** The first four bytes of the SHA-256 of what is in the frames file. */
  readonly check: number;
}

/** What a frames file says of itself. The frames make the image from its first byte to its last, none of them empty. */
export interface FrameTable {
  readonly imageSize: number;
  readonly frames: readonly Frame[];
  /** Where leaf hashes begin in the frames file, behind the last frame. */
  readonly leavesOffset: number;
  /** Of all leaf hashes, in bytes; 0 where the file has none. */
  readonly leavesLength: number;
  /** The mark of who packed the frames (`packerMark`). Nodes do not need it. */
  readonly packer: number;
}

/**
 * A frames file is frames, leaf hashes, the table, and a footer of fixed length. The table is numbers in columns, which compress
 * better than rows do: all lengths, all packed lengths, all checks. Lengths are counted in units of the image's block.
 */
const MAGIC = "SLPFRAME";
const VERSION = 1;
export const FOOTER_BYTES = 64;
const CHECKED_BYTES = 48;
const CHECK_BYTES = 16;

/** No image is larger; whatever says so was forged. */
export const MAX_IMAGE_BYTES: number = 2 ** 40;
/** Of a frame: what a node has in memory of an image at a time. */
export const MAX_FRAME_BYTES: number = 4 * 2 ** 20;
export const MAX_FRAMES: number = 2 ** 19;
/** Two numbers of eight bytes at most, and a check. */
const MOST_ROW_BYTES = 20;

/** The footer, read. */
export interface Footer {
  readonly imageSize: number;
  /** What frames' lengths are counted in. */
  readonly unit: number;
  readonly frames: number;
  readonly leavesLength: number;
  readonly tablePackedLength: number;
  readonly tableLength: number;
  readonly packer: number;
}

/** The end of a frames file whose frames are as `packFrame` makes them: table and footer. */
export const encodeTail = (
  { imageSize, frames, leavesLength }: Omit<FrameTable, "packer">,
  unit: number,
): Uint8Array => {
  const table = encodeRows(frames, unit);
  const packed = pack(table);
  const footer = Buffer.alloc(FOOTER_BYTES);
  footer.write(MAGIC, "latin1");
  footer.writeUInt32LE(VERSION, 8);
  footer.writeUInt32LE(unit, 12);
  footer.writeBigUInt64LE(BigInt(imageSize), 16);
  footer.writeBigUInt64LE(BigInt(leavesLength), 24);
  footer.writeUInt32LE(frames.length, 32);
  footer.writeUInt32LE(packed.length, 36);
  footer.writeUInt32LE(table.length, 40);
  footer.writeUInt32LE(packerMark(), 44);
  footer.set(checkOf(packed, footer), CHECKED_BYTES);
  return Buffer.concat([packed, footer]);
};

const checkOf = (packed: Uint8Array, footer: Uint8Array): Buffer =>
  createHash("sha256")
    .update(footer.subarray(0, CHECKED_BYTES))
    .update(packed)
    .digest()
    .subarray(0, CHECK_BYTES);

const encodeRows = (frames: readonly Frame[], unit: number): Uint8Array => {
  const rows = new ByteList();
  // The image's end need not be a whole unit.
  for (const { length } of frames) rows.pushNumber(Math.ceil(length / unit));
  for (const { packedLength } of frames) rows.pushNumber(packedLength);
  const checks = Buffer.alloc(frames.length * 4);
  for (const [i, { check }] of frames.entries()) checks.writeUInt32LE(check, i * 4);
  rows.append(checks);
  return rows.view();
};

/** Reads the footer of a frames file of `fileSize` bytes; `footer` is its last `FOOTER_BYTES`, and nothing of it is trusted. */
export const decodeFooter = (footer: Uint8Array, fileSize: number): Footer => {
  const bytes = Buffer.from(footer.buffer, footer.byteOffset, footer.byteLength);
  if (bytes.length !== FOOTER_BYTES || bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    throw new TransportError("TRANSPORT_NOT_THIS", "frames: does not end as a frames file does");
  }
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) {
    throw new TransportError(
      "TRANSPORT_UNSUPPORTED",
      `frames: of version ${version}, known is ${VERSION}`,
    );
  }
  const room = fileSize - FOOTER_BYTES;
  const frames = atMost(bytes.readUInt32LE(32), MAX_FRAMES, "number of its frames");
  const unit = bytes.readUInt32LE(12);
  if (unit < 1 || unit > 65_536 || (unit & (unit - 1)) !== 0) {
    throw invalid(`counts in units of ${unit} bytes`);
  }
  return {
    unit,
    frames,
    imageSize: atMost(Number(bytes.readBigUInt64LE(16)), MAX_IMAGE_BYTES, "size of the image"),
    leavesLength: atMost(Number(bytes.readBigUInt64LE(24)), room, "length of its leaf hashes"),
    tablePackedLength: atMost(bytes.readUInt32LE(36), room, "packed length of its table"),
    tableLength: atMost(bytes.readUInt32LE(40), frames * MOST_ROW_BYTES, "length of its table"),
    packer: bytes.readUInt32LE(44),
  };
};

/** Reads the table of a frames file of `fileSize` bytes; `tail` is table and footer. Throws a TransportError. */
export const decodeTail = (tail: Uint8Array, fileSize: number): FrameTable => {
  const footerBytes = tail.subarray(Math.max(0, tail.length - FOOTER_BYTES));
  const footer = decodeFooter(footerBytes, fileSize);
  const packed = tail.subarray(0, tail.length - FOOTER_BYTES);
  if (packed.length !== footer.tablePackedLength) {
    throw new TransportError(
      "TRANSPORT_LENGTH",
      `frames: a table of ${packed.length} bytes, its footer says ${footer.tablePackedLength}`,
    );
  }
  if (Buffer.compare(checkOf(packed, footerBytes), footerBytes.subarray(CHECKED_BYTES)) !== 0) {
    throw new TransportError(
      "TRANSPORT_CORRUPT",
      "frames: the table has not the hash that its footer says",
    );
  }
  const frames = decodeRows(unpack(packed, footer.tableLength, "frames: the table"), footer);
  const leavesOffset = endOf(frames);
  const size = leavesOffset + footer.leavesLength + tail.length;
  if (size !== fileSize) {
    throw new TransportError(
      "TRANSPORT_LENGTH",
      `frames: of ${fileSize} bytes, the table says ${size}`,
    );
  }
  const { imageSize, leavesLength, packer } = footer;
  return { imageSize, frames, leavesOffset, leavesLength, packer };
};

const endOf = (frames: readonly Frame[]): number => {
  const last = frames.at(-1);
  return last === undefined ? 0 : last.packedOffset + last.packedLength;
};

const decodeRows = (
  rows: Uint8Array,
  { frames: count, unit, imageSize }: Footer,
): readonly Frame[] => {
  const numbers = new NumberReader(rows, "frames: the table");
  const lengths = Array.from({ length: count }, () => numbers.next());
  const packedLengths = Array.from({ length: count }, () => numbers.next());
  const checks = Buffer.from(numbers.bytes(count * 4));
  numbers.expectEnd();
  const frames: Frame[] = [];
  let [offset, packedOffset] = [0, 0];
  for (const [i, units] of lengths.entries()) {
    const length = Math.min(units * unit, imageSize - offset);
    const packedLength = packedLengths[i] ?? 0;
    checkFrame(i, units * unit, length, packedLength);
    frames.push({ offset, length, packedOffset, packedLength, check: checks.readUInt32LE(i * 4) });
    offset += length;
    packedOffset += packedLength;
  }
  if (offset !== imageSize) throw invalid(`its frames make ${offset} bytes of ${imageSize}`);
  return frames;
};

const checkFrame = (i: number, asked: number, length: number, packedLength: number): void => {
  if (length <= 0 || asked > MAX_FRAME_BYTES) throw invalid(`frame ${i} would have ${asked} bytes`);
  if (packedLength > length) {
    throw invalid(`frame ${i} of ${length} bytes would be ${packedLength} when packed`);
  }
};

const atMost = (value: number, most: number, what: string): number => {
  if (value > most) throw invalid(`the ${what} would be ${value}, at most ${most} can be`);
  return value;
};

const invalid = (message: string): TransportError =>
  new TransportError("TRANSPORT_INVALID", `frames: ${message}`);
