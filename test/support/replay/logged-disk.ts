/** A disk that a log is replayed onto, and the disks that cuts leave of it, read without making them. */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { LoggedWrite } from "@slipway/composer/testing";
import { type Arrived, SECTOR } from "./crash-points.ts";

/** A disk to be looked at. */
export interface DiskView {
  /** What of it is not on the replayed disk. */
  readonly arrived: Arrived;
  /** The sector's bytes, which whoever gets them must not change. */
  readonly sector: (sector: number) => Uint8Array;
  /** So many sectors. */
  readonly sectors: (first: number, count: number) => Uint8Array;
  /** Where in the log the bytes of these sectors are, when they are there in a row. */
  readonly inLog: (first: number, count: number) => number | undefined;
}

export interface LoggedDisk extends Disposable {
  /** The disk with what has arrived on top of what was settled. Without an argument: as it is. */
  readonly view: (arrived?: Arrived) => DiskView;
  /** Does to the disk what the entries say. A discard leaves what was there, as a disk may. */
  readonly settle: (entries: readonly LoggedWrite[]) => void;
}

const NOTHING: Arrived = new Map();
const PAGE_SECTORS = 64;
const COPY_BYTES = 2 ** 20;

export interface LoggedDiskFiles {
  /** It is written. */
  readonly disk: string;
  readonly log: string;
  /** Sectors before this one are read again and again, and are kept in memory. */
  readonly keptUntil: number;
}

export const openLoggedDisk = ({ disk, log, keptUntil }: LoggedDiskFiles): LoggedDisk => {
  const [onDisk, inLog] = [openSync(disk, "r+"), openSync(log, "r")];
  const pages = new Map<number, Uint8Array>();
  const pageOf = (page: number): Uint8Array => {
    const known = pages.get(page);
    if (known !== undefined) return known;
    const bytes = Buffer.alloc(PAGE_SECTORS * SECTOR);
    readWhole(onDisk, bytes, page * PAGE_SECTORS * SECTOR);
    pages.set(page, bytes);
    return bytes;
  };
  const settled = (sector: number): Uint8Array => {
    if (sector >= keptUntil) return read(onDisk, sector * SECTOR, SECTOR);
    const at = (sector % PAGE_SECTORS) * SECTOR;
    return pageOf(Math.floor(sector / PAGE_SECTORS)).subarray(at, at + SECTOR);
  };
  const view = (arrived: Arrived = NOTHING): DiskView => {
    const sector = (number: number): Uint8Array => {
      const offset = arrived.get(number);
      return offset === undefined ? settled(number) : read(inLog, offset, SECTOR);
    };
    const rowInLog = (first: number, count: number): number | undefined => {
      const offset = arrived.get(first);
      if (offset === undefined) return undefined;
      for (let step = 1; step < count; step += 1) {
        if (arrived.get(first + step) !== offset + step * SECTOR) return undefined;
      }
      return offset;
    };
    const sectors = (first: number, count: number): Uint8Array => {
      const offset = rowInLog(first, count);
      if (offset !== undefined) return read(inLog, offset, count * SECTOR);
      const bytes = read(onDisk, first * SECTOR, count * SECTOR);
      for (let step = 0; step < count; step += 1) {
        if (arrived.has(first + step)) bytes.set(sector(first + step), step * SECTOR);
      }
      return bytes;
    };
    return { arrived, sector, sectors, inLog: rowInLog };
  };
  const buffer = Buffer.alloc(COPY_BYTES);
  return {
    view,
    settle: (entries) => {
      for (const { kind, offset, length, dataOffset } of entries) {
        if (kind !== "write") continue;
        for (let done = 0; done < length; done += COPY_BYTES) {
          const piece = buffer.subarray(0, Math.min(COPY_BYTES, length - done));
          readWhole(inLog, piece, dataOffset + done);
          writeSync(onDisk, piece, 0, piece.length, offset + done);
        }
        if (offset >= keptUntil * SECTOR) continue;
        const pageBytes = PAGE_SECTORS * SECTOR;
        const last = Math.floor((offset + length - 1) / pageBytes);
        for (let page = Math.floor(offset / pageBytes); page <= last; page += 1) pages.delete(page);
      }
    },
    [Symbol.dispose]: () => {
      closeSync(onDisk);
      closeSync(inLog);
    },
  };
};

const read = (descriptor: number, offset: number, length: number): Buffer => {
  const bytes = Buffer.allocUnsafe(length);
  readWhole(descriptor, bytes, offset);
  return bytes;
};

/** What lies beyond a file's end is zeros. */
const readWhole = (descriptor: number, target: Uint8Array, offset: number): void => {
  let done = 0;
  while (done < target.length) {
    const count = readSync(descriptor, target, done, target.length - done, offset + done);
    if (count === 0) break;
    done += count;
  }
  target.fill(0, done);
};
