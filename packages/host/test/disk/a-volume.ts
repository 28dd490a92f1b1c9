/** A formatted disk, and ways to look at what a power cut leaves of it. */
import {
  crashStates,
  diskOn,
  type DiskOptions,
  FatError,
  formatFat,
  type FatVolume,
  mountFat,
  readFat,
  type Sectors,
  simulatedDisk,
  type SimulatedDisk,
} from "@slipway/host/testing";

export const SECTOR = 512;
/** About as few as FAT32 can do with, at one sector a cluster. */
export const DISK_SECTORS = 67_000;

export const formatted = (sectorsPerCluster = 1): SimulatedDisk => {
  const disk = simulatedDisk(SECTOR, DISK_SECTORS * sectorsPerCluster);
  formatFat(disk, { sectorsPerCluster });
  return disk;
};

export const text = (content: string): Uint8Array => Buffer.from(content);

/** Does something to a file system, makes it all durable, and gives the disk on for what comes next. */
export const prepared = (prepare: (volume: FatVolume) => void, options?: DiskOptions) => {
  const disk = formatted();
  const volume = mountFat(disk);
  prepare(volume);
  volume.unmount();
  disk.flush();
  return diskOn(disk, options);
};

/** What a directory lists after a power cut: each file with its text, or what is wrong with it. */
export const listed = (disk: Sectors, directory = "/"): readonly string[] => {
  const reader = readFat(disk);
  return reader
    .readdir(directory)
    .filter(({ kind }) => kind === "file")
    .map(({ name, size }) => {
      if (size === 0) return `${name} is empty`;
      try {
        return `${name}: ${Buffer.from(reader.readFile(`${directory}/${name}`)).toString("utf8")}`;
      } catch (error) {
        if (error instanceof FatError) return `${name}: ${error.code}`;
        throw error;
      }
    })
    .toSorted();
};

/** Every listing that a power cut can leave, at any time from a moment on. */
export const listings = (disk: SimulatedDisk, from = 0, directory = "/"): readonly string[] => {
  const found = new Set<string>();
  for (const state of crashStates(disk, 2_000, 1, from)) {
    found.add(listed(state, directory).join(", "));
  }
  return [...found].toSorted();
};
