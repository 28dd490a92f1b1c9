/** A node's slot and files on a simulated disk, as production code sees them. */
import type { BlockDevices, Files } from "@slipway/host";
import {
  type CachedDisk,
  pageCacheOn,
  type Sectors,
  simulatedDevice,
  type SimulatedDisk,
  simulatedFiles,
} from "@slipway/host/testing";

/** How many sectors each part has. */
export interface NodeLayout {
  /** In bytes. */
  readonly sector: number;
  readonly root: number;
  readonly verity: number;
  readonly files: number;
}

export const UKI_PATH = "/efi/EFI/Linux/base_2_abcd1234+3.efi.staged";
export const JOURNAL_DIRECTORY = "/var/lib/slipway/stage";
const MOST_FILES = 12;

export const layoutFor = (
  sector: number,
  bytes: { readonly root: number; readonly verity: number; readonly file: number },
): NodeLayout => ({
  sector,
  root: bytes.root / sector,
  verity: bytes.verity / sector,
  files: MOST_FILES * (1 + Math.ceil(bytes.file / sector)),
});

export const sectorsOf = ({ root, verity, files }: NodeLayout): number => root + verity + files;

export interface SimulatedNode {
  readonly devices: BlockDevices;
  readonly files: Files;
}

export const simulatedNode = (disk: CachedDisk, layout: NodeLayout): SimulatedNode => {
  const cache = pageCacheOn(disk);
  const root = { name: "root", first: 0, sectors: layout.root };
  const verity = { name: "verity", first: layout.root, sectors: layout.verity };
  return {
    devices: {
      open: async (path) => simulatedDevice(disk, cache, path === "root" ? root : verity),
    },
    files: simulatedFiles(disk, cache, {
      name: "files",
      first: layout.root + layout.verity,
      sectors: layout.files,
      files: MOST_FILES,
    }),
  };
};

/** What is on a disk from a sector on. */
export const bytesOn = (
  disk: Pick<Sectors, "sectorSize" | "read">,
  first: number,
  length: number,
): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += disk.sectorSize) {
    bytes.set(disk.read(first + at / disk.sectorSize).subarray(0, length - at), at);
  }
  return bytes;
};

/** Puts an image onto the disk for good. */
export const install = (disk: SimulatedDisk, first: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; at += disk.sectorSize) {
    disk.write(first + at / disk.sectorSize, bytes.slice(at, at + disk.sectorSize));
  }
  disk.flush();
};

/** A disk that goes on from another one, and of which nobody asks what a power cut would leave. */
export const plainDisk = (base: Sectors): CachedDisk => {
  const current = new Map<number, Uint8Array>();
  return {
    sectorSize: base.sectorSize,
    read: (sector) => current.get(sector) ?? base.read(sector),
    write: (sector, bytes) => void current.set(sector, bytes.slice()),
    mayWrite: () => undefined,
    flush: () => undefined,
  };
};
