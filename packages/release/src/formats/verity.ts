import { hash } from "node:crypto";
import type { ByteSource } from "../delta/byte-source.ts";
import { readRange } from "./read-range.ts";
import { fieldsOf, hexOf } from "./fields.ts";
import { FormatError } from "./format-error.ts";

/** A dm-verity hash tree, as its superblock describes it. */
export interface VerityTree {
  readonly uuid: string;
  /** The kernel's name of the algorithm, such as `sha256`. */
  readonly algorithm: string;
  /** Lower-case hexadecimal; empty without one. */
  readonly salt: string;
  /** In bytes. */
  readonly dataBlockSize: number;
  readonly hashBlockSize: number;
  /** How many data blocks the tree covers. */
  readonly dataBlocks: number;
  /**
   * The hash of the topmost block, by which the root hash is checked; undefined for another algorithm than SHA-256, or when
   * there is but one data block and so no tree.
   */
  readonly rootHash?: string;
}

const VERITY = "dm-verity";

/** Reads the superblock of a hash device (cryptsetup's "DMVerity" page, "superblock format") and the topmost block. */
export const readVerity = async (file: ByteSource): Promise<VerityTree> => {
  const superblock = fieldsOf(await readRange(file, VERITY, "the superblock", 0, 512), VERITY);
  if (hexOf(superblock.bytes(0, 8)) !== "7665726974790000") {
    throw new FormatError("NOT_THIS_FORMAT", VERITY, "no superblock");
  }
  const version = superblock.u32(8);
  const hashType = superblock.u32(12);
  if (version !== 1 || hashType !== 1) {
    throw new FormatError("UNSUPPORTED", VERITY, `version ${version}, hash type ${hashType}`);
  }
  const dataBlockSize = blockSize(superblock.u32(64));
  const hashBlockSize = blockSize(superblock.u32(68));
  const saltSize = superblock.u16(80);
  if (saltSize > 256) throw new FormatError("OUT_OF_RANGE", VERITY, `a salt of ${saltSize} bytes`);
  const salt = superblock.bytes(88, saltSize);
  const algorithm = superblock.ascii(32, 32);
  const dataBlocks = superblock.u64(72);
  const tree = {
    uuid: superblock.uuid(16),
    algorithm,
    salt: hexOf(salt),
    dataBlockSize,
    hashBlockSize,
    dataBlocks,
  };
  if (algorithm !== "sha256" || dataBlocks <= 1) return tree;
  // The levels are stored from the top down, behind the superblock's own block; hash type 1 puts the salt first.
  const top = await readRange(file, VERITY, "the topmost block", hashBlockSize, hashBlockSize);
  return { ...tree, rootHash: hash("sha256", Buffer.concat([salt, top])) };
};

/** dm-verity takes powers of two from 512 bytes up; cryptsetup none above 512 KiB. */
const blockSize = (bytes: number): number => {
  if (bytes < 512 || bytes > 512 * 1024 || (bytes & (bytes - 1)) !== 0) {
    throw new FormatError("OUT_OF_RANGE", VERITY, `blocks of ${bytes} bytes`);
  }
  return bytes;
};
