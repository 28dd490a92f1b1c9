/** Where everything is in a FAT32 file system, and its boot sector. */
import { FatError } from "./error.ts";

/** The file system's geometry; places and lengths in sectors. */
export interface Layout {
  readonly sectorSize: number;
  readonly sectorsPerCluster: number;
  readonly reserved: number;
  readonly fats: number;
  readonly fatLength: number;
  readonly rootCluster: number;
  readonly infoSector: number;
  readonly backupSector: number;
  readonly sectors: number;
}

/** The first cluster that has a place on the disk. */
export const FIRST_CLUSTER = 2;
/** With fewer clusters, some readers would take the file system for FAT16, whatever it says. */
export const LEAST_CLUSTERS = 65_525;
const MOST_CLUSTERS = 0x0fff_fff5;

/** The state byte of the boot sector, which says whether the file system is mounted. */
export const STATE_OFFSET = 0x41;
const BOOT_SIGNATURE = 0xaa55;
const MEDIA_FIXED_DISK = 0xf8;

/** How many clusters there are; their numbers begin with `FIRST_CLUSTER`. */
export const clusterCount = (layout: Layout): number =>
  Math.min(
    Math.floor((layout.sectors - dataStart(layout)) / layout.sectorsPerCluster),
    (layout.fatLength * layout.sectorSize) / 4 - FIRST_CLUSTER,
  );

export const clusterBytes = (layout: Layout): number =>
  layout.sectorsPerCluster * layout.sectorSize;

export const isCluster = (layout: Layout, cluster: number): boolean =>
  cluster >= FIRST_CLUSTER && cluster < clusterCount(layout) + FIRST_CLUSTER;

/** The first sector of a cluster. */
export const clusterStart = (layout: Layout, cluster: number): number =>
  dataStart(layout) + (cluster - FIRST_CLUSTER) * layout.sectorsPerCluster;

/** The sectors of a cluster, in order. */
export const clusterSectors = (layout: Layout, cluster: number): readonly number[] =>
  Array.from(
    { length: layout.sectorsPerCluster },
    (_, index) => clusterStart(layout, cluster) + index,
  );

const dataStart = ({ reserved, fats, fatLength }: Layout): number => reserved + fats * fatLength;

/** The layout of a new file system that fills the disk. */
export const planLayout = (
  sectorSize: number,
  sectors: number,
  sectorsPerCluster: number,
): Layout => {
  const planned = (fatLength: number): Layout => ({
    sectorSize,
    sectorsPerCluster,
    reserved: 32,
    fats: 2,
    fatLength,
    rootCluster: FIRST_CLUSTER,
    infoSector: 1,
    backupSector: 6,
    sectors,
  });
  // Entries for clusters that the tables themselves take cost a few sectors at most.
  const clusters = Math.floor((sectors - 32) / sectorsPerCluster);
  const layout = planned(Math.ceil(((clusters + FIRST_CLUSTER) * 4) / sectorSize));
  const count = clusterCount(layout);
  if (count < LEAST_CLUSTERS || count > MOST_CLUSTERS) {
    throw new FatError(
      "NO_LAYOUT",
      `${sectors} sectors of ${sectorSize} bytes make ${Math.max(0, count)} clusters, FAT32 has ${LEAST_CLUSTERS} or more`,
    );
  }
  return layout;
};

export interface VolumeNames {
  /** At most 11 ASCII characters. */
  readonly label: string;
  readonly serial: number;
}

/** A boot sector that boots nothing: firmware reads the file system, it does not run it. */
export const bootSector = (layout: Layout, { label, serial }: VolumeNames): Uint8Array => {
  const bytes = new Uint8Array(layout.sectorSize);
  const view = new DataView(bytes.buffer);
  bytes.set([0xeb, 0x58, 0x90]);
  writeAscii(bytes, 3, "slipway ");
  view.setUint16(0x0b, layout.sectorSize, true);
  view.setUint8(0x0d, layout.sectorsPerCluster);
  view.setUint16(0x0e, layout.reserved, true);
  view.setUint8(0x10, layout.fats);
  view.setUint8(0x15, MEDIA_FIXED_DISK);
  view.setUint16(0x18, 63, true);
  view.setUint16(0x1a, 255, true);
  view.setUint32(0x20, layout.sectors, true);
  view.setUint32(0x24, layout.fatLength, true);
  view.setUint32(0x2c, layout.rootCluster, true);
  view.setUint16(0x30, layout.infoSector, true);
  view.setUint16(0x32, layout.backupSector, true);
  view.setUint8(0x40, 0x80);
  view.setUint8(0x42, 0x29);
  view.setUint32(0x43, serial, true);
  writeAscii(bytes, 0x47, label.padEnd(11));
  writeAscii(bytes, 0x52, "FAT32   ");
  view.setUint16(510, BOOT_SIGNATURE, true);
  return bytes;
};

/** Decodes a boot sector; refuses what is none, and what no FAT32 can look like. */
export const parseBootSector = (bytes: Uint8Array, sectors: number): Layout => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(510, true) !== BOOT_SIGNATURE) {
    throw new FatError("NOT_FAT32", "the first sector has no boot signature");
  }
  const layout: Layout = {
    sectorSize: view.getUint16(0x0b, true),
    sectorsPerCluster: view.getUint8(0x0d),
    reserved: view.getUint16(0x0e, true),
    fats: view.getUint8(0x10),
    fatLength: view.getUint32(0x24, true),
    rootCluster: view.getUint32(0x2c, true),
    infoSector: view.getUint16(0x30, true),
    backupSector: view.getUint16(0x32, true),
    sectors: view.getUint32(0x20, true),
  };
  const complaint = complaints(layout, view, bytes.byteLength, sectors).find(({ holds }) => !holds);
  if (complaint !== undefined) throw new FatError("NOT_FAT32", complaint.message);
  return layout;
};

const complaints = (layout: Layout, view: DataView, sectorSize: number, sectors: number) => [
  {
    holds: layout.sectorSize === sectorSize,
    message: `its sectors have ${layout.sectorSize} bytes, the disk's ${sectorSize}`,
  },
  {
    holds: isPowerOfTwo(layout.sectorsPerCluster),
    message: `${layout.sectorsPerCluster} sectors to a cluster`,
  },
  { holds: layout.reserved > 0 && layout.fats > 0, message: "no place for its tables" },
  {
    holds: view.getUint16(0x16, true) === 0 && layout.fatLength > 0,
    message: "its tables have the length of a FAT12 or FAT16",
  },
  {
    holds: layout.sectors <= sectors,
    message: `it has ${layout.sectors} sectors, the disk ${sectors}`,
  },
  { holds: clusterCount(layout) > 0, message: "it has no clusters" },
  { holds: isCluster(layout, layout.rootCluster), message: "its root is outside of it" },
];

const isPowerOfTwo = (value: number): boolean => value > 0 && (value & (value - 1)) === 0;

const writeAscii = (bytes: Uint8Array, offset: number, text: string): void => {
  bytes.set(
    Array.from(text, (character) => character.charCodeAt(0)),
    offset,
  );
};
