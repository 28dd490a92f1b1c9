import type { FileType } from "../file-type.ts";
import {
  type ByteSource,
  fieldsOf,
  FormatError,
  MAX_READ_BYTES,
  readRange,
} from "@slipway/release";
import type { ErofsSuperblock } from "./erofs.ts";

/** A run of bytes of the image. */
export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** An inode of an EROFS image. Sizes and places are in bytes, and not yet held against the image's size. */
export interface ErofsInode {
  readonly nid: number;
  readonly type: FileType;
  /** Permission bits with the set-id and sticky bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly layout: number;
  /** The first block of the data that is not inline; for a device its numbers. */
  readonly block: number;
  /** Extended attributes, between the inode and its inline data. */
  readonly xattrs: Extent;
}

const EROFS = "EROFS";

const INODE_BYTES = 32;
const EXTENDED_INODE_BYTES = 64;
const XATTR_HEADER_BYTES = 12;

const TYPES: ReadonlyMap<number, FileType> = new Map([
  [0o100000, "file"],
  [0o040000, "directory"],
  [0o120000, "link"],
  [0o020000, "character-device"],
  [0o060000, "block-device"],
  [0o010000, "fifo"],
  [0o140000, "socket"],
]);

/** `struct erofs_inode_compact` and `struct erofs_inode_extended` of fs/erofs/erofs_fs.h. */
export const readErofsInode = async (
  file: ByteSource,
  superblock: ErofsSuperblock,
  nid: number,
): Promise<ErofsInode> => {
  const what = `inode ${nid}`;
  const offset = superblock.inodeOffset + nid * INODE_BYTES;
  const head = fieldsOf(await readRange(file, EROFS, what, offset, INODE_BYTES), EROFS);
  const format = head.u16(0);
  const isExtended = (format & 1) === 1;
  const length = isExtended ? EXTENDED_INODE_BYTES : INODE_BYTES;
  const fields = isExtended
    ? fieldsOf(await readRange(file, EROFS, what, offset, length), EROFS)
    : head;
  const mode = fields.u16(4);
  const type = TYPES.get(mode & 0o170000);
  if (type === undefined) {
    throw new FormatError("OUT_OF_RANGE", EROFS, `${what} has the mode 0${mode.toString(8)}`);
  }
  // A header of 12 bytes, which counts as one, then words of four.
  const xattrCount = fields.u16(2);
  const xattrBytes = xattrCount === 0 ? 0 : XATTR_HEADER_BYTES + (xattrCount - 1) * 4;
  return {
    nid,
    type,
    mode: mode & 0o7777,
    uid: isExtended ? fields.u32(24) : fields.u16(24),
    gid: isExtended ? fields.u32(28) : fields.u16(26),
    size: isExtended ? fields.u64(8) : fields.u32(8),
    layout: (format >> 1) & 7,
    block: fields.u32(16),
    xattrs: { offset: offset + length, length: xattrBytes },
  };
};

const FLAT_PLAIN = 0;
const FLAT_INLINE = 2;

/**
 * Where the data of an inode is: whole blocks in a row, and perhaps a last part behind the inode. Throws `TRUNCATED` when that
 * is not in the image, and `UNSUPPORTED` for compressed or chunked data, which our images have none of.
 */
export const dataExtents = (
  file: ByteSource,
  { blockSize }: ErofsSuperblock,
  inode: ErofsInode,
): readonly Extent[] => {
  const { nid, size, layout, block, xattrs } = inode;
  if (layout !== FLAT_PLAIN && layout !== FLAT_INLINE) {
    throw new FormatError("UNSUPPORTED", EROFS, `inode ${nid} has data of the layout ${layout}`);
  }
  const whole =
    layout === FLAT_PLAIN ? size : Math.max(0, Math.ceil(size / blockSize) - 1) * blockSize;
  const extents = [
    { offset: block * blockSize, length: whole },
    { offset: xattrs.offset + xattrs.length, length: size - whole },
  ].filter(({ length }) => length > 0);
  for (const { offset, length } of extents) {
    if (offset + length > file.size) {
      throw new FormatError(
        "TRUNCATED",
        EROFS,
        `the data of inode ${nid} would end at byte ${offset + length}, and there are ${file.size}`,
      );
    }
  }
  return extents;
};

/** The data of an inode that is short by its nature, such as a directory's or a link's; at most `limit` bytes. */
export const readErofsData = async (
  file: ByteSource,
  superblock: ErofsSuperblock,
  inode: ErofsInode,
  what: string,
  limit: number = MAX_READ_BYTES,
): Promise<Uint8Array> => {
  if (inode.size > limit) {
    throw new FormatError("OUT_OF_RANGE", EROFS, `${what} of ${inode.size} bytes`);
  }
  const parts: Uint8Array[] = [];
  for (const { offset, length } of dataExtents(file, superblock, inode)) {
    parts.push(await readRange(file, EROFS, what, offset, length));
  }
  return Buffer.concat(parts);
};
