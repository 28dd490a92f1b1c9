import { DeltaError } from "./delta-error.ts";

/**
 * A delta is a header and five compressed streams, one after the other. Operations in the first stream make the target from its first byte to
 * its last: `copy` takes bytes of the source as they are; `add` takes bytes of the source and adds to each, modulo 256, one of
 * the second stream; `insert` takes bytes of the third; `seek` moves the place in the source, which `copy`, `add` and `shaped`
 * leave behind their last byte. `shaped` takes bytes of the source whose shape is known (`shapes.ts`) and makes each unit of them
 * as it is guessed, but for those that the fourth stream counts out: it says again and again how many units are guessed rightly before one that is
 * not. What to add to that one stands in the second stream for a byte, and for a number in the fifth, with its lowest bit as the sign.
 *
 * An operation is one number: its kind in the lowest three bits, above them a length in bytes; for `seek` a
 * distance whose lowest bit says that it goes back, for `shaped` the length times eight plus the shape.
 */
export const KINDS = { copy: 0, add: 1, insert: 2, seek: 3, shaped: 4 } as const;

/** What an operation's number is divided by to be rid of its kind, and that of `shaped` of its shape. */
export const KIND_UNIT = 8;
export const SHAPE_UNIT = 8;

export const STREAMS = [
  "operations",
  "differences",
  "insertions",
  "rightGuesses",
  "corrections",
] as const;
export type StreamName = (typeof STREAMS)[number];

/** Something for each stream. */
export type Streams<T> = Readonly<Record<StreamName, T>>;

export const forStreams = <T>(make: (name: StreamName) => T): Streams<T> => ({
  operations: make("operations"),
  differences: make("differences"),
  insertions: make("insertions"),
  rightGuesses: make("rightGuesses"),
  corrections: make("corrections"),
});

/** The same where making takes its time; all are made at once. */
export const forStreamsAtOnce = async <T>(
  make: (name: StreamName) => Promise<T>,
): Promise<Streams<T>> => {
  const [operations, differences, insertions, rightGuesses, corrections] = await Promise.all([
    make("operations"),
    make("differences"),
    make("insertions"),
    make("rightGuesses"),
    make("corrections"),
  ]);
  return { operations, differences, insertions, rightGuesses, corrections };
};

/** How a stream is compressed, by its number in the header. */
export const CODECS = ["none", "brotli", "zstd"] as const;
export type Codec = (typeof CODECS)[number];

/**
 * The largest window that a stream's compression may look back into, as a power of two bytes: 36 MiB in all, which a node needs
 * in order to apply the delta. What a file brings anew repeats itself over the farthest.
 */
export const WINDOW_BITS: Streams<number> = {
  operations: 22,
  differences: 23,
  insertions: 24,
  rightGuesses: 22,
  corrections: 22,
};

/** One stream as the header describes it. */
export interface StreamHeader {
  readonly codec: Codec;
  /** In bytes of the delta. */
  readonly packedLength: number;
  /** Once decompressed. */
  readonly length: number;
}

/** What a delta says of itself. */
export interface DeltaHeader {
  /** Of both images, in bytes. */
  readonly blockSize: number;
  readonly sourceSize: number;
  readonly targetSize: number;
  /** In hexadecimal: which image it is for, and which it makes. A root image's verity root hash, a UKI's SHA-256. */
  readonly sourceRootHash: string;
  readonly targetRootHash: string;
  readonly streams: Streams<StreamHeader>;
}

const MAGIC = "SLPDELTA";
const VERSION = 2;
const ROOT_HASH_BYTES = 32;
const STREAMS_OFFSET = 96;
const STREAM_BYTES = 20;
export const HEADER_BYTES: number = STREAMS_OFFSET + STREAMS.length * STREAM_BYTES;

/** No image is larger; whatever says so was forged. */
const MAX_IMAGE_BYTES = 2 ** 40;

export const encodeHeader = (header: DeltaHeader): Uint8Array => {
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC, "latin1");
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt32LE(header.blockSize, 12);
  bytes.writeBigUInt64LE(BigInt(header.sourceSize), 16);
  bytes.writeBigUInt64LE(BigInt(header.targetSize), 24);
  bytes.write(header.sourceRootHash, 32, ROOT_HASH_BYTES, "hex");
  bytes.write(header.targetRootHash, 64, ROOT_HASH_BYTES, "hex");
  for (const [i, name] of STREAMS.entries()) {
    const { codec, packedLength, length } = header.streams[name];
    const at = STREAMS_OFFSET + i * STREAM_BYTES;
    bytes.writeUInt32LE(CODECS.indexOf(codec), at);
    bytes.writeBigUInt64LE(BigInt(packedLength), at + 4);
    bytes.writeBigUInt64LE(BigInt(length), at + 12);
  }
  return bytes;
};

/** Reads the header of a delta that has `deltaSize` bytes in all, none of which is trusted. */
export const decodeHeader = (header: Uint8Array, deltaSize: number): DeltaHeader => {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.byteLength);
  if (bytes.length < MAGIC.length || bytes.toString("latin1", 0, MAGIC.length) !== MAGIC) {
    throw new DeltaError("NOT_A_DELTA", "does not begin as a delta does");
  }
  if (bytes.length < HEADER_BYTES) {
    throw new DeltaError("DELTA_LENGTH", `ends in its header, after ${bytes.length} bytes`);
  }
  const version = bytes.readUInt32LE(8);
  if (version !== VERSION) {
    throw new DeltaError("DELTA_UNSUPPORTED", `of version ${version}, known is ${VERSION}`);
  }
  const blockSize = bytes.readUInt32LE(12);
  if (blockSize < 512 || blockSize > 65_536 || (blockSize & (blockSize - 1)) !== 0) {
    throw new DeltaError("DELTA_INVALID", `blocks of ${blockSize} bytes`);
  }
  const targetSize = readLength(bytes, 24, MAX_IMAGE_BYTES, "size of the target");
  const streams = forStreams((name) => decodeStream(bytes, name, targetSize));
  const size = STREAMS.reduce((sum, name) => sum + streams[name].packedLength, HEADER_BYTES);
  if (size !== deltaSize) {
    throw new DeltaError("DELTA_LENGTH", `of ${deltaSize} bytes, its header says ${size}`);
  }
  return {
    blockSize,
    sourceSize: readLength(bytes, 16, MAX_IMAGE_BYTES, "size of the source"),
    targetSize,
    sourceRootHash: bytes.toString("hex", 32, 32 + ROOT_HASH_BYTES),
    targetRootHash: bytes.toString("hex", 64, 64 + ROOT_HASH_BYTES),
    streams,
  };
};

/** An operation makes at least one byte and has one seek before it at most, and no number is longer than eight bytes. */
const MOST_BYTES_A_BYTE: Streams<number> = {
  operations: 16,
  differences: 1,
  insertions: 1,
  rightGuesses: 8,
  corrections: 2,
};

const decodeStream = (bytes: Buffer, name: StreamName, targetSize: number): StreamHeader => {
  const at = STREAMS_OFFSET + STREAMS.indexOf(name) * STREAM_BYTES;
  const codec = CODECS[bytes.readUInt32LE(at)];
  if (codec === undefined) {
    throw new DeltaError(
      "DELTA_UNSUPPORTED",
      `${name} are compressed in the unknown way ${bytes.readUInt32LE(at)}`,
    );
  }
  return {
    codec,
    packedLength: readLength(bytes, at + 4, MAX_IMAGE_BYTES, `packed length of its ${name}`),
    length: readLength(
      bytes,
      at + 12,
      targetSize * MOST_BYTES_A_BYTE[name],
      `length of its ${name}`,
    ),
  };
};

const readLength = (bytes: Buffer, at: number, most: number, what: string): number => {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(most)) {
    throw new DeltaError("DELTA_INVALID", `the ${what} would be ${value}, at most ${most} can be`);
  }
  return Number(value);
};
