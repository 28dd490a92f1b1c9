import { promisify } from "node:util";
import {
  brotliCompress,
  brotliCompressSync,
  brotliDecompressSync,
  type BrotliOptions,
  constants,
} from "node:zlib";
import { TransportError } from "./transport-error.ts";

/**
 * Brotli at this quality makes frames 4 to 5 % smaller than zstd at level 12 does, at one and a half times its speed
 * (decision 0044); the levels of zstd that come near are slower than 10 MB/s.
 */
const FRAME_QUALITY = 5;
/** No frame is larger, so more would be memory for nothing. */
const WINDOW_BITS = 22;

const options = (bytes: Uint8Array, quality: number): BrotliOptions => ({
  params: {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  },
});

/** By what frames are packed; what is different here makes other frames. */
export const PACKER_SETTINGS: string = `brotli ${FRAME_QUALITY} ${WINDOW_BITS}`;

/** Compresses a frame, in another thread. What would not get smaller comes back as it is. */
export const packFrame = async (bytes: Uint8Array): Promise<Uint8Array> => {
  const packed = await promisify(brotliCompress)(bytes, options(bytes, FRAME_QUALITY));
  return packed.length < bytes.length ? packed : bytes;
};

/** The same at once, for a single one. */
export const packFrameSync = (bytes: Uint8Array): Uint8Array => {
  const packed = brotliCompressSync(bytes, options(bytes, FRAME_QUALITY));
  return packed.length < bytes.length ? packed : bytes;
};

/** Compresses a table as well as it goes. */
export const pack = (bytes: Uint8Array): Uint8Array =>
  brotliCompressSync(bytes, options(bytes, constants.BROTLI_MAX_QUALITY));

/** Exactly `length` bytes, from exactly these: neither more nor fewer, and nothing behind them. Throws a TransportError. */
export const unpack = (packed: Uint8Array, length: number, what: string): Uint8Array => {
  const { bytes, taken } = inflate(packed, length, what);
  if (bytes.length !== length) {
    throw corrupt(`${what} should be ${length} bytes, and is ${bytes.length}`);
  }
  if (taken !== packed.length) {
    throw corrupt(`${what} has ${packed.length - taken} bytes behind its end`);
  }
  return bytes;
};

/**
 * The same into the beginning of `room`, which has room for them. For those who unpack much: what zlib made is given back at
 * once, where V8 would first let tens of megabytes of it gather.
 */
export const unpackInto = (
  room: Uint8Array,
  packed: Uint8Array,
  length: number,
  what: string,
): Uint8Array => {
  const bytes = unpack(packed, length, what);
  room.set(bytes);
  giveBack(bytes);
  return room.subarray(0, length);
};

const inflate = (
  packed: Uint8Array,
  length: number,
  what: string,
): { readonly bytes: Uint8Array; readonly taken: number } => {
  let answer: unknown;
  try {
    answer = brotliDecompressSync(packed, {
      info: true,
      maxOutputLength: Math.max(1, length),
      chunkSize: outputRoom(length),
    });
  } catch (error) {
    throw corrupt(`${what} cannot be decompressed`, error);
  }
  // The types do not know that with `info` the decompressor comes along, which says how much it took.
  if (!hasInfo(answer)) throw new TypeError("zlib gave no info");
  return { bytes: answer.buffer, taken: answer.engine.bytesWritten };
};

/** What zlib makes room for: the bytes at once, and so much that it does not take it from the pool that others have a part in. */
const outputRoom = (length: number): number => Math.max(length, Buffer.poolSize) + 1;

const giveBack = ({ buffer, length }: Uint8Array): void => {
  const isItsOwn = buffer.byteLength === outputRoom(length);
  if (isItsOwn && buffer instanceof ArrayBuffer) buffer.transfer(0);
};

const hasInfo = (
  value: unknown,
): value is { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } } =>
  typeof value === "object" && value !== null && "buffer" in value && "engine" in value;

const corrupt = (message: string, cause?: unknown): TransportError =>
  new TransportError("TRANSPORT_CORRUPT", message, cause === undefined ? undefined : { cause });
