/**
 * A digest of a whole disk that a change of one sector changes in constant time: the sum of its sectors' digests. It tells
 * states apart, nothing more: whoever wants to can make two disks with the same one.
 */

/** Sums stay whole numbers, exact in a double. */
const MODULUS = 2 ** 52;

/** The digest of a disk with nothing but zeros. */
export const EMPTY_DIGEST = 0;

/** What a sector with this content adds to its disk's digest: zeros add nothing, wherever they are. */
export const sectorDigest = (sector: number, bytes: Uint8Array): number => {
  let low = Math.imul(sector + 1, 0x9e3779b1);
  let high = Math.imul(sector + 1, 0x85ebca77) ^ 0x41c6ce57;
  let seen = 0;
  for (const word of wordsOf(bytes)) {
    seen |= word;
    low = Math.imul(low ^ word, 0x85ebca6b);
    high = Math.imul(high ^ word, 0xc2b2ae35);
    low ^= high >>> 15;
    high ^= low >>> 13;
  }
  if (seen === 0) return EMPTY_DIGEST;
  low = Math.imul(low ^ (low >>> 16), 0x2c1b3c6d) ^ Math.imul(high ^ (high >>> 12), 0x297a2d39);
  high = Math.imul(high ^ (high >>> 16), 0x2c1b3c6d) ^ Math.imul(low ^ (low >>> 12), 0x297a2d39);
  return (high & 0xf_ffff) * 2 ** 32 + (low >>> 0);
};

/** The digest of a disk on which one sector's digest was replaced by another's. */
export const replaced = (disk: number, before: number, after: number): number => {
  const without = disk >= before ? disk - before : disk - before + MODULUS;
  return (without + after) % MODULUS;
};

const wordsOf = (bytes: Uint8Array): Uint32Array =>
  bytes.byteOffset % 4 === 0
    ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2)
    : new Uint32Array(bytes.slice().buffer);
