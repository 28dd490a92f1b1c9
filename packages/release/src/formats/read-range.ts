import type { ByteSource } from "../delta/byte-source.ts";
import { FormatError } from "./format-error.ts";

/** No structure this package reads is longer; whatever asks for more was led by a forged length. */
export const MAX_READ_BYTES: number = 4 * 1024 * 1024;

/** Reads a range that a format asks for; a range beyond the end is the format's error, not the disk's. */
export const readRange = async (
  source: ByteSource,
  format: string,
  what: string,
  offset: number,
  length: number,
): Promise<Uint8Array> => {
  if (!Number.isSafeInteger(offset) || offset < 0 || length < 0 || length > MAX_READ_BYTES) {
    throw new FormatError("OUT_OF_RANGE", format, `${what} would be ${length} bytes at ${offset}`);
  }
  if (offset + length > source.size) {
    throw new FormatError(
      "TRUNCATED",
      format,
      `${what} would end at byte ${offset + length}, and there are ${source.size}`,
    );
  }
  return source.read(offset, length);
};
