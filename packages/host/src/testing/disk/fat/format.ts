import type { SimulatedDisk } from "../simulated-disk.ts";
import { END, ENTRY_MASK } from "./chains.ts";
import { ATTRIBUTE, encodeEntries } from "./entries.ts";
import { newInfoSector } from "./info-sector.ts";
import { bootSector, clusterCount, clusterStart, planLayout } from "./layout.ts";
import { timestampOf } from "./timestamp.ts";

export interface FormatOptions {
  readonly sectorsPerCluster?: number;
  readonly label?: string;
  readonly serial?: number;
  readonly now?: Date;
}

/** Makes an empty FAT32 file system on an empty disk, all of it durable. */
export const formatFat = (disk: SimulatedDisk, options: FormatOptions = {}): void => {
  const { sectorsPerCluster = 1, label = "ESP", serial = 0x5e1f_0001 } = options;
  const layout = planLayout(disk.sectorSize, disk.sectors, sectorsPerCluster);
  const boot = bootSector(layout, { label, serial });
  const info = newInfoSector(disk.sectorSize, {
    free: clusterCount(layout) - 1,
    last: layout.rootCluster,
  });
  for (const first of [0, layout.backupSector]) {
    disk.write(first, boot, "format");
    disk.write(first + layout.infoSector, info, "format");
  }
  const table = new Uint8Array(disk.sectorSize);
  const view = new DataView(table.buffer);
  // The first two entries belong to no cluster: the medium, and that all is clean.
  for (const [index, entry] of [ENTRY_MASK & ~7, END, ENTRY_MASK & ~7].entries()) {
    view.setUint32(index * 4, entry, true);
  }
  for (let copy = 0; copy < layout.fats; copy += 1) {
    disk.write(layout.reserved + copy * layout.fatLength, table, "format");
  }
  disk.write(
    clusterStart(layout, layout.rootCluster),
    rootSector(disk.sectorSize, label, options),
    "format",
  );
  disk.flush();
};

const rootSector = (
  sectorSize: number,
  label: string,
  { now = new Date(0) }: FormatOptions,
): Uint8Array => {
  const bytes = new Uint8Array(sectorSize);
  const [entry] = encodeEntries({
    name: label,
    alias: label.padEnd(11),
    lower: 0,
    complete: true,
    attributes: ATTRIBUTE.label,
    start: 0,
    timestamp: timestampOf(now),
  });
  if (entry !== undefined) bytes.set(entry);
  return bytes;
};
