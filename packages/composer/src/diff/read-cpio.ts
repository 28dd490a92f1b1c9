/** Reading the kernel's initrd archive ("newc") where it lies, without unpacking it. */
import { type ByteSource, FormatError, readRange } from "@slipway/release";
import type { Extent } from "../inspect/erofs-inode.ts";

/** A file, directory or link of an archive. */
export interface CpioEntry {
  /** Without a slash in front. */
  readonly path: string;
  /** With the type's bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly data: Extent;
}

const CPIO = "cpio";
const MAGIC = "070701";
const HEADER_BYTES = 110;
const TRAILER = "TRAILER!!!";
const LONGEST_NAME = 4096;

/** Far above any initrd. */
const MOST_ENTRIES = 200_000;

/**
 * The entries of the archives that lie one behind the other in a part of a file, a later one of a path in place of an earlier
 * one as in the kernel; undefined when the part is something else, such as compressed.
 * @throws FormatError when an archive is broken.
 */
export const readCpio = async (
  file: ByteSource,
  { offset: start, length }: Extent,
): Promise<ReadonlyMap<string, CpioEntry> | undefined> => {
  const entries = new Map<string, CpioEntry>();
  const end = start + length;
  let count = 0;
  for (let offset = start; offset < end;) {
    const magic = Math.min(MAGIC.length, end - offset);
    const begin = Buffer.from(await readRange(file, CPIO, "a header", offset, magic));
    if (begin.subarray(0, 4).every((byte) => byte === 0)) {
      // Archives are padded with zeros, four at a time.
      offset += 4;
      continue;
    }
    if (begin.toString("latin1") !== MAGIC) return undefined;
    const head = await readRange(file, CPIO, "a header", offset, HEADER_BYTES);
    const { name, entry, next } = await readEntry(file, Buffer.from(head), offset);
    if (next > end)
      throw new FormatError("TRUNCATED", CPIO, `${JSON.stringify(name)} is cut short`);
    if (name !== TRAILER) entries.set(entry.path, entry);
    count += 1;
    if (count > MOST_ENTRIES)
      throw new FormatError("OUT_OF_RANGE", CPIO, `over ${MOST_ENTRIES} files`);
    offset = next;
  }
  return entries;
};

const readEntry = async (file: ByteSource, head: Buffer, offset: number) => {
  const field = (index: number): number => {
    const digits = head.subarray(MAGIC.length + index * 8, MAGIC.length + index * 8 + 8);
    const text = digits.toString("latin1");
    if (!/^[0-9A-Fa-f]{8}$/.test(text)) {
      throw new FormatError("OUT_OF_RANGE", CPIO, `the number ${JSON.stringify(text)}`);
    }
    return Number.parseInt(text, 16);
  };
  const nameLength = field(11);
  if (nameLength < 1 || nameLength > LONGEST_NAME) {
    throw new FormatError("OUT_OF_RANGE", CPIO, `a name of ${nameLength} bytes`);
  }
  const bytes = await readRange(file, CPIO, "a name", offset + HEADER_BYTES, nameLength - 1);
  const name = new TextDecoder().decode(bytes);
  const data = { offset: align(offset + HEADER_BYTES + nameLength, offset), length: field(6) };
  const entry: CpioEntry = {
    path: name.replace(/^\.?\/+/, ""),
    mode: field(1),
    uid: field(2),
    gid: field(3),
    data,
  };
  return { name, entry, next: align(data.offset + data.length, offset) };
};

/** Archives are aligned to four bytes from their own beginning. */
const align = (offset: number, origin: number): number =>
  origin + Math.ceil((offset - origin) / 4) * 4;
