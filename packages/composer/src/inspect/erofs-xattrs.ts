import {
  type ByteSource,
  type Fields,
  fieldsOf,
  FormatError,
  hexOf,
  readRange,
} from "@slipway/release";
import type { ErofsSuperblock } from "./erofs.ts";
import type { ErofsInode } from "./erofs-inode.ts";

const EROFS = "EROFS";

/** `EROFS_XATTR_INDEX_…` of fs/erofs/erofs_fs.h. */
const PREFIXES: readonly (string | undefined)[] = [
  undefined,
  "user.",
  "system.posix_acl_access",
  "system.posix_acl_default",
  "trusted.",
  "lustre.",
  "security.",
];

/** Prefixes that the image defines itself have this bit; they are told by their number. */
const LONG_PREFIX = 0x80;

const HEADER_BYTES = 12;
const ENTRY_BYTES = 4;

/** The extended attributes of an inode by name, values in lower-case hexadecimal, in the order of their names. */
export const readErofsXattrs = async (
  file: ByteSource,
  superblock: ErofsSuperblock,
  { nid, xattrs }: ErofsInode,
): Promise<Readonly<Record<string, string>>> => {
  if (xattrs.length === 0) return {};
  const what = `the attributes of inode ${nid}`;
  const body = fieldsOf(await readRange(file, EROFS, what, xattrs.offset, xattrs.length), EROFS);
  const found: (readonly [string, string])[] = [];
  const shared = body.u8(4);
  for (let index = 0; index < shared; index++) {
    const offset = superblock.sharedXattrOffset + body.u32(HEADER_BYTES + index * 4) * ENTRY_BYTES;
    const head = fieldsOf(await readRange(file, EROFS, what, offset, ENTRY_BYTES), EROFS);
    const length = ENTRY_BYTES + head.u8(0) + head.u16(2);
    found.push(entryAt(fieldsOf(await readRange(file, EROFS, what, offset, length), EROFS), 0));
  }
  let offset = HEADER_BYTES + shared * 4;
  while (offset < body.length) {
    found.push(entryAt(body, offset));
    const length = ENTRY_BYTES + body.u8(offset) + body.u16(offset + 2);
    offset += Math.ceil(length / ENTRY_BYTES) * ENTRY_BYTES;
  }
  return Object.fromEntries(found.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
};

/** `struct erofs_xattr_entry`, then the rest of the name, then the value. */
const entryAt = (fields: Fields, offset: number): readonly [string, string] => {
  const nameLength = fields.u8(offset);
  const index = fields.u8(offset + 1);
  const prefix = index >= LONG_PREFIX ? `prefix-${index - LONG_PREFIX}.` : PREFIXES[index];
  if (prefix === undefined) {
    throw new FormatError("OUT_OF_RANGE", EROFS, `an attribute with the prefix ${index}`);
  }
  const name = Buffer.from(fields.bytes(offset + ENTRY_BYTES, nameLength)).toString("utf8");
  const value = fields.bytes(offset + ENTRY_BYTES + nameLength, fields.u16(offset + 2));
  return [`${prefix}${name}`, hexOf(value)];
};
