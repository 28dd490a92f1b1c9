import { type ByteSource, fieldsOf, FormatError } from "@slipway/release";
import type { ErofsSuperblock } from "./erofs.ts";
import { readErofsData, readErofsInode } from "./erofs-inode.ts";

/** A name in a directory. */
export interface ErofsName {
  readonly name: string;
  readonly type: "file" | "directory" | "link" | "other";
  readonly nid: number;
}

const EROFS = "EROFS";

/**
 * The names in a directory of an EROFS image, in the order of the image, without `.` and `..`; undefined when there is no
 * directory at this absolute path. Links are not followed.
 */
export const listErofsDirectory = async (
  file: ByteSource,
  superblock: ErofsSuperblock,
  path: string,
): Promise<readonly ErofsName[] | undefined> => {
  let names = await readErofsDirectory(file, superblock, superblock.rootNid);
  for (const component of path.split("/").filter((name) => name !== "")) {
    const next = names.find(({ name }) => name === component);
    if (next?.type !== "directory") return undefined;
    names = await readErofsDirectory(file, superblock, next.nid);
  }
  return names;
};

/** The names in the directory with this number, in the order of the image, without `.` and `..`. */
export const readErofsDirectory = async (
  file: ByteSource,
  superblock: ErofsSuperblock,
  nid: number,
): Promise<readonly ErofsName[]> => {
  const inode = await readErofsInode(file, superblock, nid);
  if (inode.type !== "directory") {
    throw new FormatError(
      "OUT_OF_RANGE",
      EROFS,
      `inode ${nid} is named as a directory and is none`,
    );
  }
  const data = await readErofsData(file, superblock, inode, "a directory");
  const names: ErofsName[] = [];
  for (let start = 0; start < data.length; start += superblock.blockSize) {
    names.push(...decodeBlock(data.subarray(start, start + superblock.blockSize)));
  }
  return names.filter(({ name }) => name !== "." && name !== "..");
};

const DIRENT_BYTES = 12;

/** A block of `struct erofs_dirent`, then their names: the first name's place tells how many entries there are. */
const decodeBlock = (block: Uint8Array): readonly ErofsName[] => {
  const fields = fieldsOf(block, EROFS);
  const namesStart = fields.u16(8);
  if (namesStart < DIRENT_BYTES || namesStart % DIRENT_BYTES !== 0 || namesStart > block.length) {
    throw new FormatError("OUT_OF_RANGE", EROFS, `names of a directory at byte ${namesStart}`);
  }
  const count = namesStart / DIRENT_BYTES;
  return Array.from({ length: count }, (_, index) => {
    const entry = index * DIRENT_BYTES;
    const start = fields.u16(entry + 8);
    const end = index + 1 < count ? fields.u16(entry + DIRENT_BYTES + 8) : block.length;
    if (start < namesStart || end < start || end > block.length) {
      throw new FormatError("OUT_OF_RANGE", EROFS, `a name from byte ${start} to ${end}`);
    }
    // The last name of a block ends with the block or with the first NUL.
    const bytes = block.subarray(start, end);
    const nul = bytes.indexOf(0);
    return {
      name: nameOf(nul === -1 ? bytes : bytes.subarray(0, nul)),
      type: typeOf(fields.u8(entry + 10)),
      nid: fields.u64(entry),
    };
  });
};

/** UTF-8 as far as it is that; what else there may be keeps names apart, written as `\\xNN`. */
const nameOf = (bytes: Uint8Array): string => {
  try {
    return UTF_8.decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return Array.from(bytes, (byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
    ).join("");
  }
};

const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The types of the directory entries, `EROFS_FT_…`. */
const typeOf = (code: number): ErofsName["type"] =>
  code === 1 ? "file" : code === 2 ? "directory" : code === 7 ? "link" : "other";
