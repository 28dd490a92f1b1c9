import { promisify } from "node:util";
import { brotliCompress, constants, zstdCompress } from "node:zlib";
import type { Codec } from "./format.ts";

/** Brotli is smaller and takes about a second a megabyte; for longer streams that is too long. */
const BROTLI_UP_TO_BYTES = 64 * 1024 * 1024;
const ZSTD_LEVEL = 19;

/** Compresses a stream, with a window of so many bits at most, in the way that suits its length; both take another thread. */
export const compress = async (
  bytes: Uint8Array,
  windowBits: number,
): Promise<{ readonly codec: Codec; readonly packed: Uint8Array }> => {
  const [codec, packed] =
    bytes.length <= BROTLI_UP_TO_BYTES
      ? (["brotli", await brotli(bytes, windowBits)] as const)
      : (["zstd", await zstd(bytes, windowBits)] as const);
  return packed.length < bytes.length ? { codec, packed } : { codec: "none", packed: bytes };
};

const brotli = async (bytes: Uint8Array, windowBits: number): Promise<Uint8Array> =>
  promisify(brotliCompress)(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: windowBits,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });

const zstd = async (bytes: Uint8Array, windowBits: number): Promise<Uint8Array> =>
  promisify(zstdCompress)(bytes, {
    params: {
      [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL,
      [constants.ZSTD_c_windowLog]: windowBits,
    },
  });
