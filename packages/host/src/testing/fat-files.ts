/** Files on a FAT32 file system of a simulated disk, as Linux's vfat keeps them under the mount option `dirsync`. */
import path from "node:path/posix";
import { HostError } from "../errors.ts";
import type { Files, OpenFile } from "../files.ts";
import { FatError } from "./disk/fat/error.ts";
import { type FatVolume, mountFat, type MountOptions } from "./disk/fat/volume.ts";
import { diskOn, type SimulatedDisk } from "./disk/simulated-disk.ts";

export interface FatFilesOptions extends MountOptions {
  /** Where it is mounted: paths begin with it. Default: the root. */
  readonly at?: string;
}

/** Mounts the disk. What is below other directories than the mount's does not exist. */
export const fatFiles = (disk: SimulatedDisk, options: FatFilesOptions = {}): Files => {
  const { at = "/", ...mount } = options;
  const volume = mountFat(disk, { dirsync: true, ...mount });
  const inside = (file: string): string => `/${path.relative(at, file)}`;
  const has = (file: string): boolean => {
    try {
      const name = path.basename(file).toUpperCase();
      return volume.readdir(path.dirname(file)).some((one) => one.name.toUpperCase() === name);
    } catch (error) {
      if (error instanceof FatError && error.code === "NOT_FOUND") return false;
      throw error;
    }
  };
  const makeDirectory = (directory: string): void => {
    if (directory === "/" || has(directory)) return;
    makeDirectory(path.dirname(directory));
    volume.mkdir(directory);
    volume.fsync(path.dirname(directory));
  };
  const open = (file: string): OpenFile => {
    makeDirectory(path.dirname(file));
    if (!has(file)) volume.writeFile(file, new Uint8Array());
    return fileAt(volume, disk, file);
  };
  return {
    open: async (file) => doing(file, "opened", () => open(inside(file))),
    list: async (directory) =>
      doing(directory, "listed", () => {
        const there = inside(directory);
        return there === "/" || has(there) ? namesIn(volume, there) : [];
      }),
    remove: async (file) =>
      doing(file, "removed", () => {
        if (!has(inside(file))) return;
        const close = volume.hold(inside(file));
        volume.unlink(inside(file));
        volume.fsync(path.dirname(inside(file)));
        free(close);
      }),
    rename: async (from, to) =>
      doing(from, "renamed", () => {
        const close = has(inside(to)) ? volume.hold(inside(to)) : () => undefined;
        volume.rename(inside(from), inside(to));
        volume.fsync(inside(to));
        volume.fsync(path.dirname(inside(to)));
        free(close);
      }),
    room: async () => volume.room(),
  };
};

const namesIn = (volume: FatVolume, directory: string): readonly string[] =>
  volume
    .readdir(directory)
    .map(({ name }) => name)
    .toSorted();

/** That the clusters were not all the file's own is told to Linux's log alone. */
const free = (close: () => void): void => {
  try {
    close();
  } catch (error) {
    if (!(error instanceof FatError && error.code === "CHAIN_BROKEN")) throw error;
  }
};

const fileAt = (volume: FatVolume, disk: SimulatedDisk, file: string): OpenFile => {
  const size = (): number => {
    const name = path.basename(file).toUpperCase();
    const listed = volume.readdir(path.dirname(file));
    return listed.find((one) => one.name.toUpperCase() === name)?.size ?? 0;
  };
  const fill = (target: Uint8Array, bytes: Uint8Array, offset: number): void => {
    if (offset + target.length > bytes.length) {
      throw new HostError("FILE_FAILED", `${file} ends before byte ${offset + target.length}`);
    }
    target.set(bytes.subarray(offset, offset + target.length));
  };
  return {
    path: file,
    size: async () => size(),
    readInto: async (target, offset) =>
      doing(file, "read", () => fill(target, volume.readFile(file), offset)),
    write: async (bytes, offset) => doing(file, "written", () => volume.write(file, bytes, offset)),
    truncate: async (to) =>
      doing(file, "cut", () => {
        const kept = volume.readFile(file).slice(0, to);
        if (kept.length < size()) volume.writeFile(file, kept);
      }),
    sync: async () =>
      doing(file, "flushed", () => {
        volume.fsync(file);
        volume.fsync(path.dirname(file));
      }),
    readBack: async (target, offset) =>
      doing(file, "read back", () => {
        // As Linux finds it, but on the disk as it is.
        fill(target, mountFat(diskOn(disk)).readFile(file), offset);
      }),
    close: async () => undefined,
  };
};

const doing = <T>(file: string, what: string, action: () => T): T => {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof FatError)) throw error;
    const hint = error.code === "NO_SPACE" ? { hint: "its file system is full: make room" } : {};
    throw new HostError("FILE_FAILED", `${file} cannot be ${what}`, { cause: error, ...hint });
  }
};
