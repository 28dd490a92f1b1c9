/** A node's disk, simulated to the byte, and what production code sees of it. */
import type { BlockDevices, Files } from "@slipway/host";
import {
  diskOn,
  fatFiles,
  formatFat,
  mountFat,
  pageCacheOn,
  type Sectors,
  simulatedDevice,
  simulatedDisk,
  type SimulatedDisk,
  simulatedFiles,
} from "@slipway/host/testing";
import type { SlotLetter } from "../../src/node/facts.ts";
import { ROOT_BYTES, type TinyRelease, VERITY_BYTES } from "./releases.ts";

const SECTOR = 512;
/** More than the fewest that FAT32 has. */
const ESP_SECTORS = 67_000;
const FILES = 20;
const SECTORS_OF_A_FILE = 42;

export interface Part {
  readonly name: string;
  readonly first: number;
  readonly sectors: number;
}

const part = (name: string, before: Part, bytes: number): Part => ({
  name,
  first: before.first + before.sectors,
  sectors: bytes / SECTOR,
});

const ESP: Part = { name: "esp", first: 0, sectors: ESP_SECTORS };
const A = part("root a", ESP, ROOT_BYTES);
const A_VERITY = part("verity a", A, VERITY_BYTES);
const B = part("root b", A_VERITY, ROOT_BYTES);
const B_VERITY = part("verity b", B, VERITY_BYTES);
const VAR = part("var", B_VERITY, FILES * (1 + SECTORS_OF_A_FILE) * SECTOR);

/** The regions in which a cut can do harm, each judged by its own contents. */
export const REGIONS: readonly Part[] = [ESP, A, A_VERITY, B, B_VERITY, VAR];

export const SLOTS: Readonly<Record<SlotLetter, { readonly root: Part; readonly verity: Part }>> = {
  a: { root: A, verity: A_VERITY },
  b: { root: B, verity: B_VERITY },
};

/** What is on the disk in a part, as far as `length`. */
export const bytesOf = (
  disk: Pick<Sectors, "read">,
  { first }: Part,
  length: number,
): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += SECTOR) {
    bytes.set(disk.read(first + at / SECTOR).subarray(0, length - at), at);
  }
  return bytes;
};

/** The ESP alone: it is the first of the disk. */
const espOf = (disk: SimulatedDisk): SimulatedDisk => ({
  sectorSize: SECTOR,
  sectors: ESP.sectors,
  get digest() {
    return disk.digest;
  },
  get events() {
    return disk.events;
  },
  read: (sector) => disk.read(sector),
  write: (sector, bytes, site) => disk.write(sector, bytes, esp(site)),
  mayWrite: (sector, bytes, site) => disk.mayWrite(sector, bytes, esp(site)),
  flush: () => disk.flush(),
  intervals: () => disk.intervals(),
  durable: (sector, interval) => disk.durable(sector, interval),
  touched: () => disk.touched(),
});

const esp = (site = "unnamed"): string => `esp: ${site}`;

/** A machine that is switched on. */
export interface Machine {
  readonly disk: SimulatedDisk;
  readonly files: Files;
  readonly devices: BlockDevices;
}

/** Mounts everything on a disk, as after a boot. */
export const switchOn = (disk: SimulatedDisk): Machine => {
  const cache = pageCacheOn(disk);
  const parts = new Map([A, A_VERITY, B, B_VERITY].map((one) => [one.name, one]));
  const onEsp = fatFiles(espOf(disk), { at: "/efi" });
  const onVar = simulatedFiles(disk, cache, { ...VAR, files: FILES });
  const filesOf = (path: string): Files => (path.startsWith("/efi/") ? onEsp : onVar);
  return {
    disk,
    files: {
      open: (path) => filesOf(path).open(path),
      list: (path) => filesOf(path).list(path),
      remove: (path) => filesOf(path).remove(path),
      rename: (from, to) => filesOf(from).rename(from, to),
      room: (path) => filesOf(path).room(path),
    },
    devices: {
      open: async (path) => {
        const found = parts.get(path);
        if (found === undefined) throw new Error(`no device ${path}`);
        return simulatedDevice(disk, cache, found);
      },
    },
  };
};

/** Files on `/var` of a disk that is only looked at. */
export const varFilesOn = (disk: SimulatedDisk): Files =>
  simulatedFiles(disk, pageCacheOn(disk), { ...VAR, files: FILES });

/** Firmware's way to rename: as Linux's in what a cut can leave, with everything given to the disk at its end. */
export const firmwareRenames = (disk: SimulatedDisk, from: string, to: string): void => {
  const volume = mountFat(espOf(disk));
  volume.rename(from, to);
  volume.fsync(to);
  volume.fsync("/EFI/Linux");
  volume.unmount();
  disk.flush();
};

/** A disk with a release in slot A that was blessed, and nothing else. */
export const installedDisk = async (
  release: TinyRelease,
  put: (files: Files) => Promise<void>,
): Promise<SimulatedDisk> => {
  const disk = simulatedDisk(SECTOR, VAR.first + VAR.sectors);
  formatFat(espOf(disk));
  writeSlot(disk, "a", release);
  const { files } = switchOn(disk);
  await put(files);
  return settled(disk);
};

export const writeSlot = (disk: SimulatedDisk, slot: SlotLetter, release: TinyRelease): void => {
  for (const [{ first }, bytes] of [
    [SLOTS[slot].root, release.root],
    [SLOTS[slot].verity, release.verity],
  ] as const) {
    for (let at = 0; at < bytes.length; at += SECTOR) {
      disk.write(first + at / SECTOR, bytes.slice(at, at + SECTOR), "an image");
    }
  }
};

/** The same disk, of which nothing can be lost any more. */
export const settled = (disk: SimulatedDisk): SimulatedDisk => {
  disk.flush();
  return diskOn(disk);
};
