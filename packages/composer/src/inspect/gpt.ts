import { crc32 } from "node:zlib";
import { type ByteSource, dashed, fieldsOf, FormatError, hexOf, readRange } from "@slipway/release";
import { partitionTypeName } from "./partition-types.ts";

/** One partition of a table; places and sizes in bytes. */
export interface Partition {
  /** From 1, as Linux numbers them. */
  readonly number: number;
  readonly type: string;
  /** The type's name in the Discoverable Partitions Specification, where it has one. */
  readonly typeName?: string;
  readonly uuid: string;
  readonly label: string;
  readonly offset: number;
  readonly size: number;
  /** Names of the flags that are set, such as `read-only`. */
  readonly flags: readonly string[];
}

export interface PartitionTable {
  readonly sectorSize: 512 | 4096;
  readonly diskUuid: string;
  /** In the order of the table. */
  readonly partitions: readonly Partition[];
  /** What is wrong with the copy at the disk's start, when the one at its end had to be read. */
  readonly primaryProblem?: string;
  /** What is wrong with the copy at the disk's end. */
  readonly backupProblem?: string;
}

const GPT = "GPT";

/**
 * Reads a disk's GUID partition table (UEFI 2.10, section 5.3): both headers and both arrays with their checksums, for sectors
 * of 512 and of 4096 bytes. One valid copy is enough; what is wrong with the other is told.
 */
export const readPartitionTable = async (disk: ByteSource): Promise<PartitionTable> => {
  const sectorSize = await findSectorSize(disk);
  const primary = await attempt(() => readCopy(disk, sectorSize, 1));
  // The specification has a reader follow the primary's own pointer, and look at the last sector without one.
  const last = Math.floor(disk.size / sectorSize) - 1;
  const backup = await attempt(() =>
    readCopy(disk, sectorSize, primary.value?.alternateLba ?? last),
  );
  const good = primary.value ?? backup.value;
  if (good === undefined) {
    const problems = [primary.problem, backup.problem].join("; and at the end of the disk: ");
    throw new FormatError("OUT_OF_RANGE", GPT, `no valid copy of the table: ${problems}`);
  }
  const backupProblem =
    backup.problem ??
    (primary.value !== undefined && backup.value?.digest !== primary.value.digest
      ? "the copy at the end of the disk differs from the one at its start"
      : undefined);
  return {
    sectorSize,
    diskUuid: good.diskUuid,
    partitions: good.partitions,
    ...(primary.problem === undefined ? {} : { primaryProblem: primary.problem }),
    ...(backupProblem === undefined ? {} : { backupProblem }),
  };
};

/** A copy of the table, or what is wrong with it. */
interface Attempt {
  readonly value?: Copy;
  readonly problem?: string;
}

const attempt = async (run: () => Promise<Copy>): Promise<Attempt> => {
  try {
    return { value: await run() };
  } catch (error) {
    if (error instanceof FormatError) return { problem: error.message };
    throw error;
  }
};

const SIGNATURE = "EFI PART";

const findSectorSize = async (disk: ByteSource): Promise<512 | 4096> => {
  for (const size of [512, 4096] as const) {
    for (const offset of [size, (Math.floor(disk.size / size) - 1) * size]) {
      if (offset < size || offset + size > disk.size) continue;
      const start = fieldsOf(await readRange(disk, GPT, "a header", offset, size), GPT);
      if (start.ascii(0, 8) === SIGNATURE) return size;
    }
  }
  throw new FormatError(
    "NOT_THIS_FORMAT",
    GPT,
    "no header where it would be with sectors of 512 or of 4096 bytes",
  );
};

interface Copy {
  readonly diskUuid: string;
  readonly alternateLba: number;
  readonly partitions: readonly Partition[];
  /** Equal for equal tables. */
  readonly digest: string;
}

/** Windows makes 128 entries, nobody more than a few hundred; the array's size is bounded before it is read. */
const MAX_ENTRIES = 1024;
const MAX_ENTRY_BYTES = 512;

/** Table 5.5 of the specification, with the checks that section 5.3.2 asks of a reader, in its order. */
const readCopy = async (disk: ByteSource, sectorSize: number, lba: number): Promise<Copy> => {
  const bytes = await readRange(
    disk,
    GPT,
    `the header in sector ${lba}`,
    lba * sectorSize,
    sectorSize,
  );
  const header = fieldsOf(bytes, GPT);
  if (header.ascii(0, 8) !== SIGNATURE) {
    throw new FormatError("NOT_THIS_FORMAT", GPT, `no header in sector ${lba}`);
  }
  const headerSize = header.u32(12);
  if (headerSize < 92 || headerSize > sectorSize) {
    throw new FormatError("OUT_OF_RANGE", GPT, `a header of ${headerSize} bytes`);
  }
  const checked = Uint8Array.from(header.bytes(0, headerSize)).fill(0, 16, 20);
  requireChecksum(header.u32(16), checked, `the header in sector ${lba}`);
  if (header.u64(24) !== lba) {
    throw new FormatError(
      "OUT_OF_RANGE",
      GPT,
      `sector ${lba} holds the header of ${header.u64(24)}`,
    );
  }
  const count = header.u32(80);
  const entrySize = header.u32(84);
  if (
    count > MAX_ENTRIES ||
    entrySize < 128 ||
    entrySize > MAX_ENTRY_BYTES ||
    entrySize % 128 > 0
  ) {
    throw new FormatError("OUT_OF_RANGE", GPT, `${count} entries of ${entrySize} bytes`);
  }
  const array = await readRange(
    disk,
    GPT,
    "the partition entries",
    header.u64(72) * sectorSize,
    count * entrySize,
  );
  requireChecksum(header.u32(88), array, "the partition entries");
  const usable = { first: header.u64(40), last: header.u64(48) };
  const diskUuid = guidAt(bytes, 56);
  return {
    diskUuid,
    alternateLba: header.u64(32),
    partitions: decodeEntries(array, entrySize, sectorSize, usable),
    digest: [diskUuid, header.u32(88), count, entrySize, usable.first, usable.last].join(" "),
  };
};

const requireChecksum = (expected: number, bytes: Uint8Array, what: string): void => {
  const actual = crc32(bytes);
  if (actual !== expected) {
    const [a, b] = [actual, expected].map((value) => value.toString(16).padStart(8, "0"));
    throw new FormatError("CHECKSUM_MISMATCH", GPT, `${what} has the CRC ${a} and says ${b}`);
  }
};

const UNUSED = "00000000-0000-0000-0000-000000000000";

/** Table 5.6. */
const decodeEntries = (
  array: Uint8Array,
  entrySize: number,
  sectorSize: number,
  usable: { readonly first: number; readonly last: number },
): readonly Partition[] => {
  const partitions: Partition[] = [];
  for (let offset = 0; offset < array.length; offset += entrySize) {
    const entry = fieldsOf(array.subarray(offset, offset + entrySize), GPT);
    const type = guidAt(array, offset);
    if (type === UNUSED) continue;
    const number = offset / entrySize + 1;
    const first = entry.u64(32);
    const last = entry.u64(40);
    if (first > last || first < usable.first || last > usable.last) {
      throw new FormatError(
        "OUT_OF_RANGE",
        GPT,
        `partition ${number} is sectors ${first} to ${last} of the usable ${usable.first} to ${usable.last}`,
      );
    }
    const typeName = partitionTypeName(type);
    partitions.push({
      number,
      type,
      ...(typeName === undefined ? {} : { typeName }),
      uuid: guidAt(array, offset + 16),
      label: labelOf(entry.bytes(56, 72)),
      offset: first * sectorSize,
      size: (last - first + 1) * sectorSize,
      flags: flagsOf(entry.bits64(48)),
    });
  }
  return partitions;
};

/** Appendix A: the first three groups are little-endian numbers, the last two are bytes. */
const guidAt = (bytes: Uint8Array, offset: number): string => {
  const fields = fieldsOf(bytes.subarray(offset, offset + 16), GPT);
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
  return dashed(
    hex(fields.u32(0), 8) +
      hex(fields.u16(4), 4) +
      hex(fields.u16(6), 4) +
      hexOf(fields.bytes(8, 8)),
  );
};

const labelOf = (utf16: Uint8Array): string => {
  const text = new TextDecoder("utf-16le").decode(utf16);
  const end = text.indexOf("\0");
  return end === -1 ? text : text.slice(0, end);
};

/** UEFI's flags and those of the Discoverable Partitions Specification. */
const FLAGS: readonly (readonly [bigint, string])[] = [
  [0n, "required"],
  [1n, "no-block-io"],
  [2n, "legacy-boot"],
  [59n, "grow-file-system"],
  [60n, "read-only"],
  [63n, "no-auto"],
];

const flagsOf = (attributes: bigint): readonly string[] =>
  FLAGS.filter(([bit]) => ((attributes >> bit) & 1n) === 1n).map(([, name]) => name);
