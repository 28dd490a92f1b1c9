import { type ByteSource, fieldsOf, FormatError, readRange } from "@slipway/release";
import { rawCrc32c } from "./crc32c.ts";

/** An EROFS file system, as its superblock describes it. */
export interface ErofsSuperblock {
  readonly uuid: string;
  readonly label: string;
  /** In bytes. */
  readonly blockSize: number;
  /** How many blocks the image has. */
  readonly blocks: number;
  readonly inodes: number;
  /** When it was built, in seconds since 1970. */
  readonly buildTime: number;
  /** Names of the features it uses; unknown ones by their bit, such as `incompat-0x80`. */
  readonly features: readonly string[];
  readonly rootNid: number;
  /** Where the inodes begin, in bytes. */
  readonly inodeOffset: number;
  /** Where the attributes that several inodes share begin, in bytes. */
  readonly sharedXattrOffset: number;
}

const EROFS = "EROFS";

/** Place and length of `struct erofs_super_block`; the kernel's Documentation/filesystems/erofs.rst and fs/erofs/erofs_fs.h. */
const SUPERBLOCK_OFFSET = 1024;
const SUPERBLOCK_BYTES = 128;

/** Reads the superblock and, where the image has one, holds its checksum against it. */
export const readErofs = async (file: ByteSource): Promise<ErofsSuperblock> => {
  const bytes = await readRange(file, EROFS, "the superblock", SUPERBLOCK_OFFSET, SUPERBLOCK_BYTES);
  const fields = fieldsOf(bytes, EROFS);
  if (fields.u32(0) !== 0xe0f5e1e2)
    throw new FormatError("NOT_THIS_FORMAT", EROFS, "no superblock");
  const blockBits = fields.u8(12);
  // The kernel takes 512 bytes up to a page, and pages have 64 KiB at most.
  if (blockBits < 9 || blockBits > 16) {
    throw new FormatError("OUT_OF_RANGE", EROFS, `blocks of 2^${blockBits} bytes`);
  }
  const blockSize = 2 ** blockBits;
  const compat = fields.u32(8);
  if ((compat & 1) !== 0) await verifyChecksum(file, fields.u32(4), blockSize);
  const blocks = fields.u32(36);
  if (blocks * blockSize > file.size) {
    throw new FormatError(
      "TRUNCATED",
      EROFS,
      `${blocks} blocks of ${blockSize} bytes in a file of ${file.size} bytes`,
    );
  }
  return {
    uuid: fields.uuid(48),
    label: fields.ascii(64, 16),
    blockSize,
    blocks,
    inodes: fields.u64(16),
    buildTime: fields.u64(24),
    features: [
      ...featureNames(compat, COMPAT, "compat"),
      ...featureNames(fields.u32(80), INCOMPAT, "incompat"),
    ],
    rootNid: fields.u16(14),
    inodeOffset: fields.u32(40) * blockSize,
    sharedXattrOffset: fields.u32(44) * blockSize,
  };
};

/** CRC-32C from the superblock to the end of its block, with the checksum itself as zero (erofs_superblock_csum_verify). */
const verifyChecksum = async (file: ByteSource, expected: number, blockSize: number) => {
  const length = blockSize > SUPERBLOCK_OFFSET ? blockSize - SUPERBLOCK_OFFSET : blockSize;
  const bytes = await readRange(file, EROFS, "the superblock's block", SUPERBLOCK_OFFSET, length);
  if (rawCrc32c(0xffffffff, Uint8Array.from(bytes).fill(0, 4, 8)) !== expected) {
    throw new FormatError("CHECKSUM_MISMATCH", EROFS, "the superblock does not have its checksum");
  }
};

const COMPAT: readonly (string | undefined)[] = ["superblock-checksum", "mtime", "xattr-filter"];

/** Several bits stand for two features that came together. */
const INCOMPAT: readonly (string | undefined)[] = [
  "zero-padding",
  "compression-configs",
  "chunked-files",
  "device-table",
  "tail-packing",
  "fragments",
  "xattr-prefixes",
  "48-bit",
];

const featureNames = (
  bits: number,
  names: readonly (string | undefined)[],
  kind: string,
): readonly string[] =>
  Array.from({ length: 32 }, (_, bit) => bit)
    .filter((bit) => ((bits >>> bit) & 1) === 1)
    .map((bit) => names[bit] ?? `${kind}-0x${(2 ** bit).toString(16)}`);
