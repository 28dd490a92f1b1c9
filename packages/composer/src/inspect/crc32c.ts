/** The table of the Castagnoli polynomial, bits reversed (RFC 3720, appendix B.4). */
const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value >>> 0;
});

/** CRC-32C over bytes, from a raw state and without the final inversion, as Linux's `crc32c()` computes it. */
export const rawCrc32c = (state: number, bytes: Uint8Array): number => {
  let value = state >>> 0;
  for (const byte of bytes) value = (value >>> 8) ^ (TABLE[(value ^ byte) & 0xff] ?? 0);
  return value >>> 0;
};
