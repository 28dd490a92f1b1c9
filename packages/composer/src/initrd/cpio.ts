/**
 * The archive format of the kernel's initrd ("newc", Documentation/driver-api/early-userspace/buffer-format.rst),
 * written by ourselves rather than by GNU cpio: that takes owners, times and modes from a directory on disk, which
 * then has to be made and chowned first, and its `--reproducible` hides inode and device numbers only. Here every
 * header field is decided in one place, and what goes in need not exist as a tree.
 *
 * Headers hold nothing that moves from release to release: no times, and an inode number that comes from the path, so
 * that a file that was added does not renumber the rest (nothing is hard-linked, so nobody compares them). Contents are
 * stored as they are. An unchanged file is an unchanged run of bytes, and a delta can be taken file by file.
 */
import { crc32 } from "node:zlib";
import type { InitrdEntry } from "./entry.ts";

const MAGIC = "070701";
const ALIGNMENT = 4;
const TRAILER = "TRAILER!!!";
/** GNU cpio's block: readers that read by the block expect whole ones. */
const BLOCK = 512;
/** Sizes are eight hexadecimal digits in the header. */
const LARGEST_FILE = 0xffff_ffff;

const TYPE_BITS: Readonly<Record<InitrdEntry["kind"], number>> = {
  directory: 0o040000,
  file: 0o100000,
  link: 0o120000,
};

const padding = (length: number, alignment: number): number =>
  (alignment - (length % alignment)) % alignment;

const field = (value: number): string => value.toString(16).padStart(8, "0");

const header = (name: string, ino: number, mode: number, nlink: number, size: number): Buffer => {
  const bytes = Buffer.from(`${name}\0`);
  const fields = [ino, mode, 0, 0, nlink, 0, size, 0, 0, 0, 0, bytes.length, 0];
  const head = Buffer.from(MAGIC + fields.map(field).join(""), "latin1");
  const length = head.length + bytes.length;
  return Buffer.concat([head, bytes], length + padding(length, ALIGNMENT));
};

/** The order of an archive: by the bytes of the path, so that a directory comes before what is in it. */
export const inArchiveOrder = (entries: readonly InitrdEntry[]): readonly InitrdEntry[] =>
  entries.toSorted((left, right) =>
    Buffer.compare(Buffer.from(left.path), Buffer.from(right.path)),
  );

/** The header of an entry whose content has `size` bytes, and the zeros that follow the content. All is root's. */
export const frame = (
  entry: InitrdEntry,
  size: number,
): { readonly head: Buffer; readonly tail: Buffer } => {
  if (size > LARGEST_FILE) throw new RangeError(`${entry.path} is too large for an initrd`);
  const permissions = entry.kind === "link" ? 0o777 : entry.mode;
  const name = entry.path.replace(/^\/+/, "");
  const links = entry.kind === "directory" ? 2 : 1;
  return {
    head: header(name, crc32(name), TYPE_BITS[entry.kind] | permissions, links, size),
    tail: Buffer.alloc(padding(size, ALIGNMENT)),
  };
};

/** The end of an archive of `length` bytes so far. */
export const trailer = (length: number): Buffer => {
  const end = header(TRAILER, 0, 0, 1, 0);
  return Buffer.concat([end], end.length + padding(length + end.length, BLOCK));
};
