import { constants } from "node:fs";
import { open, readFile, type FileHandle } from "node:fs/promises";
import { type BlockDevice, type BlockDevices, checkRange, checkSectors } from "../block-device.ts";
import { errnoOf } from "../errno.ts";
import { HostError } from "../errors.ts";
import { type DirectReader, directReader, directWriter } from "./direct-file.ts";
import { readFully, writeFully } from "./transfer.ts";

export const deviceError = (path: string, what: string, cause: unknown): HostError =>
  errnoOf(cause) === "EBUSY"
    ? new HostError("DEVICE_BUSY", `${path} is in use: mounted, mapped, or being written`, {
        cause,
        hint: `see who has it: lsblk ${path}; fuser -v ${path}`,
      })
    : new HostError("DEVICE_FAILED", `${path} cannot be ${what}`, { cause });

interface Geometry {
  readonly size: number;
  readonly sectorSize: number;
}

/** What sysfs counts in, whatever the device's own sectors are. */
const SYSFS_SECTOR_BYTES = 512;
const FILE_SECTOR_BYTES = 512;

export const geometryOf = async (handle: FileHandle): Promise<Geometry> => {
  const status = await handle.stat();
  if (status.isFile()) return { size: status.size, sectorSize: FILE_SECTOR_BYTES };
  if (!status.isBlockDevice()) throw new Error("neither a block device nor a file");
  const directory = `/sys/dev/block/${majorOf(status.rdev)}:${minorOf(status.rdev)}`;
  const sectors = await readNumber(`${directory}/size`);
  return { size: sectors * SYSFS_SECTOR_BYTES, sectorSize: await sectorSizeOf(directory) };
};

/** A partition has the sectors of its disk. */
const sectorSizeOf = async (directory: string): Promise<number> => {
  const inQueue = "queue/logical_block_size";
  try {
    return await readNumber(`${directory}/${inQueue}`);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    return readNumber(`${directory}/../${inQueue}`);
  }
};

const readNumber = async (path: string): Promise<number> => {
  const text = (await readFile(path, "latin1")).trim();
  if (!/^\d{1,15}$/.test(text)) throw new Error(`${path} holds no number`);
  return Number(text);
};

/** Device numbers as the C library packs them. */
const majorOf = (device: number): number => {
  const bits = BigInt(device);
  return Number(((bits >> 8n) & 0xfffn) | ((bits >> 32n) & 0xffff_f000n));
};

const minorOf = (device: number): number => {
  const bits = BigInt(device);
  return Number((bits & 0xffn) | ((bits >> 12n) & 0xffff_ff00n));
};

const openDevice = async (path: string): Promise<BlockDevice> => {
  let handle: FileHandle | undefined;
  try {
    // For a block device this means: held by nobody who asks likewise, mounts and mappings among them.
    handle = await open(path, constants.O_RDWR | constants.O_EXCL);
    const geometry = await geometryOf(handle);
    return deviceOn(handle, path, geometry, await writerOn(handle));
  } catch (error) {
    await handle?.close();
    throw deviceError(path, "opened", error);
  }
};

/** What is shorter costs less through the cache, which gathers it: a hash tree comes in blocks of 4 KiB. */
const DIRECT_BYTES = 64 * 1024;

type Writer = Pick<BlockDevice, "write" | "close">;

/** Writes past the page cache what is long, where `handle` is a block device: a file that stands for one may lie where that is not possible. */
const writerOn = async (handle: FileHandle): Promise<Writer> => {
  const direct = (await handle.stat()).isBlockDevice() ? await directWriter(handle) : undefined;
  return {
    // The kernel keeps the two ways in step: what the cache has of a place is written before, and dropped after, a direct write.
    write: async (bytes, offset) => {
      const isLong = bytes.length >= DIRECT_BYTES;
      if (isLong && (await direct?.write(bytes, offset)) === true) return;
      await writeFully(handle, bytes, offset);
    },
    close: async () => direct?.close(),
  };
};

const deviceOn = (
  handle: FileHandle,
  path: string,
  geometry: Geometry,
  writer: Writer,
): BlockDevice => {
  const place = { name: path, ...geometry };
  let direct: DirectReader | undefined;
  const doing = async (what: string, action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      throw deviceError(path, what, error);
    }
  };
  return {
    ...place,
    readInto: async (target, offset) => {
      checkRange(place, offset, target.length);
      await doing("read", () => readFully(handle, target, offset));
    },
    write: async (bytes, offset) => {
      checkSectors(place, offset, bytes.length);
      await doing("written", () => writer.write(bytes, offset));
    },
    flush: () => doing("flushed", () => handle.datasync()),
    readBack: async (target, offset) => {
      checkRange(place, offset, target.length);
      await doing("read back", async () => {
        direct ??= await directReader(handle);
        if (direct !== undefined) return direct.readInto(target, offset);
        // Every block device can do it, and a file that stands for one has no disk to be checked.
        if (!(await handle.stat()).isFile()) throw new Error("no reading past the page cache");
        return readFully(handle, target, offset);
      });
    },
    close: () =>
      doing("closed", async () => {
        await writer.close();
        await direct?.close();
        await handle.close();
      }),
  };
};

/** The block devices of this machine. */
export const linuxBlockDevices: BlockDevices = { open: openDevice };
