import { FormatError } from "./format-error.ts";

/** Little-endian fields of a structure by their offset; what lies beyond its end is `TRUNCATED`. */
export interface Fields {
  readonly length: number;
  readonly u8: (offset: number) => number;
  readonly u16: (offset: number) => number;
  readonly u32: (offset: number) => number;
  /** As a number: a value beyond 2^53 is `OUT_OF_RANGE`, for no size or place we deal with is that large. */
  readonly u64: (offset: number) => number;
  readonly bits64: (offset: number) => bigint;
  readonly bytes: (offset: number, length: number) => Uint8Array;
  /** ASCII up to the first NUL. */
  readonly ascii: (offset: number, length: number) => string;
  /** A UUID stored as RFC 9562 prints it. */
  readonly uuid: (offset: number) => string;
}

export const fieldsOf = (bytes: Uint8Array, format: string): Fields => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (offset: number, length: number): number => {
    if (offset < 0 || length < 0 || offset + length > bytes.length) {
      throw new FormatError(
        "TRUNCATED",
        format,
        `a field of ${length} bytes at ${offset} exceeds ${bytes.length} bytes`,
      );
    }
    return offset;
  };
  const slice = (offset: number, length: number): Uint8Array =>
    bytes.subarray(at(offset, length), offset + length);
  const bits64 = (offset: number): bigint => view.getBigUint64(at(offset, 8), true);
  return {
    length: bytes.length,
    u8: (offset) => view.getUint8(at(offset, 1)),
    u16: (offset) => view.getUint16(at(offset, 2), true),
    u32: (offset) => view.getUint32(at(offset, 4), true),
    u64: (offset) => {
      const value = bits64(offset);
      if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
        throw new FormatError("OUT_OF_RANGE", format, `the number ${value} at ${offset}`);
      }
      return Number(value);
    },
    bits64,
    bytes: slice,
    ascii: (offset, length) => untilNul(slice(offset, length)),
    uuid: (offset) => dashed(hexOf(slice(offset, 16))),
  };
};

/** Bytes in lower-case hexadecimal. */
export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** 32 hexadecimal digits as a UUID. */
export const dashed = (hex: string): string =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;

const untilNul = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return Buffer.from(end === -1 ? bytes : bytes.subarray(0, end)).toString("latin1");
};
