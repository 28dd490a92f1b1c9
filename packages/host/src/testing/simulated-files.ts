/**
 * Files on a simulated disk, under fewer promises than any file system gives: size and bytes of a file reach the disk in any
 * order until it is synced, and a file that grows may show what another one left there. One sector a file holds its name and
 * size; its bytes have a fixed place.
 */
import { HostError } from "../errors.ts";
import type { Files, OpenFile } from "../files.ts";
import type { CachedDisk, PageCache } from "./page-cache.ts";
import type { DiskPart } from "./simulated-device.ts";

export interface SimulatedFilesOptions extends DiskPart {
  /** How many files there can be; they share the sectors evenly. */
  readonly files: number;
}

interface Entry {
  readonly path: string;
  readonly isUsed: boolean;
  readonly size: number;
  /** Of two entries with one path, the one with the higher number is the file. */
  readonly renames: number;
}

const UNUSED: Entry = { path: "", isUsed: false, size: 0, renames: 0 };

/** Whether the entry is used, and the file's size and renames: at the end of the sector, so that they change whole whatever is torn. */
const STATE_BYTES = 16;

export const simulatedFiles = (
  disk: CachedDisk,
  cache: PageCache,
  { name, first, sectors, files }: SimulatedFilesOptions,
): Files => {
  const { sectorSize } = disk;
  const extent = Math.floor(sectors / files) - 1;
  const capacity = extent * sectorSize;
  const bytesOf = (slot: number): number => first + files + slot * extent;
  const loadEntry = (slot: number): Entry => {
    const sector = Buffer.alloc(sectorSize);
    cache.readInto(sector, first + slot, 0);
    const state = sectorSize - STATE_BYTES;
    const end = sector.indexOf(0);
    return {
      path: sector.toString("utf8", 0, end === -1 ? state : end),
      isUsed: sector.readUInt32LE(state) === 1,
      size: sector.readUInt32LE(state + 4),
      renames: sector.readUInt32LE(state + 8),
    };
  };
  const slots = Array.from({ length: files }, (_, slot) => slot);
  const entries = slots.map(loadEntry);
  const writeEntry = (slot: number, entry: Entry): void => {
    const { path, isUsed, size, renames } = entry;
    const sector = Buffer.alloc(sectorSize);
    sector.write(path, 0, sectorSize - STATE_BYTES - 1, "utf8");
    sector.writeUInt32LE(isUsed ? 1 : 0, sectorSize - STATE_BYTES);
    sector.writeUInt32LE(size, sectorSize - STATE_BYTES + 4);
    sector.writeUInt32LE(renames, sectorSize - STATE_BYTES + 8);
    cache.write(sector, first + slot, 0, `${name}: entry of ${path}`);
    entries[slot] = entry;
  };
  const drop = (slot: number): void => {
    writeEntry(slot, { ...UNUSED, path: entries[slot]?.path ?? "" });
    cache.sync(first + slot, 1);
  };
  // A cut during a rename left both: what was replaced goes now, or it would come back once the newer one is removed.
  for (const slot of slots) {
    const entry = entries[slot] ?? UNUSED;
    const isReplaced = entries.some(
      ({ path, isUsed, renames }) => isUsed && path === entry.path && renames > entry.renames,
    );
    if (entry.isUsed && isReplaced) drop(slot);
  }
  const find = (path: string): number | undefined =>
    slots.find((slot) => entries[slot]?.isUsed === true && entries[slot].path === path);
  const create = (path: string): number => {
    const slot = slots.find((slot) => entries[slot]?.isUsed !== true);
    if (slot === undefined) throw full(path);
    writeEntry(slot, { ...UNUSED, path, isUsed: true });
    return slot;
  };
  const fileAt = (path: string, slot: number): OpenFile => {
    const entry = (): Entry => entries[slot] ?? UNUSED;
    const size = (): number => entry().size;
    const check = (target: Uint8Array, offset: number): void => {
      if (offset + target.length > size()) {
        throw new HostError("FILE_FAILED", `${path} ends before byte ${offset + target.length}`);
      }
    };
    return {
      path,
      size: async () => size(),
      readInto: async (target, offset) => {
        check(target, offset);
        cache.readInto(target, bytesOf(slot), offset);
      },
      write: async (bytes, offset) => {
        const end = offset + bytes.length;
        if (end > capacity) throw full(path);
        cache.write(bytes, bytesOf(slot), offset, `${name}: ${path}`);
        if (end > size()) writeEntry(slot, { ...entry(), size: end });
      },
      truncate: async (to) => writeEntry(slot, { ...entry(), size: Math.min(to, size()) }),
      sync: async () => {
        cache.sync(bytesOf(slot), extent);
        cache.sync(first + slot, 1);
      },
      readBack: async (target, offset) => {
        check(target, offset);
        cache.readBack(target, bytesOf(slot), offset);
      },
      close: async () => undefined,
    };
  };
  return {
    open: async (path) => fileAt(path, find(path) ?? create(path)),
    list: async (directory) =>
      entries
        .filter(({ isUsed, path }) => isUsed && path.startsWith(`${directory}/`))
        .map(({ path }) => path.slice(directory.length + 1))
        .toSorted(),
    remove: async (path) => {
      const slot = find(path);
      if (slot !== undefined) drop(slot);
    },
    // As journaling file systems do it, never neither. What is replaced goes after the new name is durable.
    rename: async (from, to) => {
      const slot = find(from);
      if (slot === undefined) throw new HostError("FILE_FAILED", `${from} is not there`);
      const replaced = find(to);
      if (replaced === slot) return;
      const renames = 1 + (replaced === undefined ? 0 : (entries[replaced] ?? UNUSED).renames);
      writeEntry(slot, { ...(entries[slot] ?? UNUSED), path: to, renames });
      cache.sync(first + slot, 1);
      if (replaced !== undefined) drop(replaced);
    },
    room: async () => entries.filter(({ isUsed }) => !isUsed).length * capacity,
  };
};

const full = (path: string): HostError =>
  new HostError("FILE_FAILED", `${path} cannot be written`, {
    hint: "its file system is full: make room",
  });
