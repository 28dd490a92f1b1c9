import { crc32 } from "node:zlib";
import { fromHex, struct } from "./bytes.ts";

export interface GivenPartition {
  readonly type: string;
  readonly uuid: string;
  readonly label: string;
  readonly firstLba: number;
  readonly lastLba: number;
  readonly attributes?: bigint;
}

export interface GivenTable {
  readonly sectorSize: 512 | 4096;
  readonly sectors: number;
  readonly diskUuid: string;
  readonly partitions: readonly GivenPartition[];
}

const ENTRIES = 128;
const ENTRY_BYTES = 128;

/** A disk with both copies of its table, as systemd-repart lays them out. */
export const encodeGpt = (table: GivenTable): Uint8Array => {
  const { sectorSize, sectors } = table;
  const disk = new Uint8Array(sectorSize * sectors);
  const array = new Uint8Array(ENTRIES * ENTRY_BYTES);
  table.partitions.forEach((one, index) => array.set(encodeEntry(one), index * ENTRY_BYTES));
  const arraySectors = array.length / sectorSize;
  const last = sectors - 1;
  disk.set(array, 2 * sectorSize);
  disk.set(encodeHeader(table, array, 1, last, 2, 2 + arraySectors), sectorSize);
  disk.set(array, (last - arraySectors) * sectorSize);
  disk.set(
    encodeHeader(table, array, last, 1, last - arraySectors, 2 + arraySectors),
    last * sectorSize,
  );
  return disk;
};

const encodeHeader = (
  { diskUuid, sectors, sectorSize }: GivenTable,
  array: Uint8Array,
  lba: number,
  alternate: number,
  entriesLba: number,
  firstUsable: number,
): Uint8Array =>
  withHeaderChecksum(
    struct(
      92,
      [0, "EFI PART"],
      [8, 0x10000, 4],
      [12, 92, 4],
      [24, lba, 8],
      [32, alternate, 8],
      [40, firstUsable, 8],
      [48, sectors - 2 - array.length / sectorSize, 8],
      [56, mixedEndian(diskUuid)],
      [72, entriesLba, 8],
      [80, ENTRIES, 4],
      [84, ENTRY_BYTES, 4],
      [88, crc32(array), 4],
    ),
  );

/** Puts the right checksum into a header of 92 bytes, so that a test can change a field and keep the header valid. */
export const withHeaderChecksum = (header: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(header).fill(0, 16, 20);
  copy.set(struct(4, [0, crc32(copy), 4]), 16);
  return copy;
};

const encodeEntry = (one: GivenPartition): Uint8Array =>
  struct(
    ENTRY_BYTES,
    [0, mixedEndian(one.type)],
    [16, mixedEndian(one.uuid)],
    [32, one.firstLba, 8],
    [40, one.lastLba, 8],
    [48, one.attributes ?? 0n, 8],
    [56, new Uint8Array(Buffer.from(one.label, "utf16le"))],
  );

const mixedEndian = (uuid: string): Uint8Array => {
  const bytes = fromHex(uuid);
  return Uint8Array.from(
    [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15],
    (from) => bytes[from] ?? 0,
  );
};
