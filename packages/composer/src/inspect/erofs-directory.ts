import type { ByteSource } from "./byte-source.ts";
import { MAX_READ_BYTES, readRange } from "./byte-source.ts";
import type { ErofsSuperblock } from "./erofs.ts";
import { fieldsOf } from "./fields.ts";
import { FormatError } from "./format-error.ts";

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
  let names = await readDirectory(file, superblock, superblock.rootNid);
  for (const component of path.split("/").filter((name) => name !== "")) {
    const next = names.find(({ name }) => name === component);
    if (next?.type !== "directory") return undefined;
    names = await readDirectory(file, superblock, next.nid);
  }
  return names;
};

const readDirectory = async (
  file: ByteSource,
  superblock: ErofsSuperblock,
  nid: number,
): Promise<readonly ErofsName[]> => {
  const inode = await readInode(file, superblock, nid);
  if ((inode.mode & 0o170000) !== 0o040000) {
    throw new FormatError(
      "OUT_OF_RANGE",
      EROFS,
      `inode ${nid} is named as a directory and is none`,
    );
  }
  const data = await readData(file, superblock, inode);
  const names: ErofsName[] = [];
  for (let start = 0; start < data.length; start += superblock.blockSize) {
    names.push(...decodeBlock(data.subarray(start, start + superblock.blockSize)));
  }
  return names.filter(({ name }) => name !== "." && name !== "..");
};

interface Inode {
  readonly mode: number;
  readonly size: number;
  readonly layout: number;
  /** The first block of the data that is not inline. */
  readonly block: number;
  /** Where inline data begins, in bytes. */
  readonly end: number;
}

/** `struct erofs_inode_compact` and `struct erofs_inode_extended` of fs/erofs/erofs_fs.h. */
const readInode = async (
  file: ByteSource,
  superblock: ErofsSuperblock,
  nid: number,
): Promise<Inode> => {
  const offset = superblock.inodeOffset + nid * 32;
  const fields = fieldsOf(await readRange(file, EROFS, `inode ${nid}`, offset, 32), EROFS);
  const format = fields.u16(0);
  const isExtended = (format & 1) === 1;
  // Inline attributes: a header of 12 bytes, then words of four.
  const xattrCount = fields.u16(2);
  const xattrBytes = xattrCount === 0 ? 0 : 12 + (xattrCount - 1) * 4;
  return {
    mode: fields.u16(4),
    size: isExtended ? fields.u64(8) : fields.u32(8),
    layout: (format >> 1) & 7,
    block: fields.u32(16),
    end: offset + (isExtended ? 64 : 32) + xattrBytes,
  };
};

const FLAT_PLAIN = 0;
const FLAT_INLINE = 2;

/** Directories are always flat: whole blocks in a row, the last of them perhaps behind the inode. */
const readData = async (
  file: ByteSource,
  { blockSize }: ErofsSuperblock,
  inode: Inode,
): Promise<Uint8Array> => {
  if (inode.size > MAX_READ_BYTES) {
    throw new FormatError("OUT_OF_RANGE", EROFS, `a directory of ${inode.size} bytes`);
  }
  const start = inode.block * blockSize;
  if (inode.layout === FLAT_PLAIN) {
    return readRange(file, EROFS, "a directory", start, inode.size);
  }
  if (inode.layout !== FLAT_INLINE) {
    throw new FormatError("UNSUPPORTED", EROFS, `a directory of the layout ${inode.layout}`);
  }
  const whole = Math.max(0, Math.ceil(inode.size / blockSize) - 1) * blockSize;
  const head = whole === 0 ? [] : [await readRange(file, EROFS, "a directory", start, whole)];
  const tail = await readRange(file, EROFS, "a directory", inode.end, inode.size - whole);
  return Buffer.concat([...head, tail]);
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
    const name = new TextDecoder().decode(block.subarray(start, end));
    // The last name of a block ends with the block or with the first NUL.
    const nul = name.indexOf("\0");
    return {
      name: nul === -1 ? name : name.slice(0, nul),
      type: typeOf(fields.u8(entry + 10)),
      nid: fields.u64(entry),
    };
  });
};

/** The types of the directory entries, `EROFS_FT_…`. */
const typeOf = (code: number): ErofsName["type"] =>
  code === 1 ? "file" : code === 2 ? "directory" : code === 7 ? "link" : "other";
