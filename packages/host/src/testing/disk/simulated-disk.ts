import { replaced, sectorDigest } from "./digest.ts";
import { type Interval, type History, historyOf } from "./history.ts";
import { emptySectors, type Sectors } from "./sectors.ts";

export interface DiskOptions {
  /**
   * `volatile`: what is written may be lost until the next flush, and in any order; `none`: each write is durable when it
   * returns.
   */
  readonly cache?: "volatile" | "none";
}

/** A disk in memory that remembers its writes, so that the disks which a power cut could have left can be had from it. */
export interface SimulatedDisk extends Sectors {
  /** How many things happened to it so far; equal contents written again do not count. */
  readonly events: number;
  /** Gives the disk a sector. `site` says who writes, for whoever has to explain a lost write. */
  write(sector: number, bytes: Uint8Array, site?: string): void;
  /**
   * A write that whoever sits above (the page cache) may make at any time from now on, or not at all: reading does not see
   * it, a power cut may find it.
   */
  mayWrite(sector: number, bytes: Uint8Array, site?: string): void;
  /** A barrier: everything written is durable when it returns. */
  flush(): void;
  /** The times between flushes, the last one ending now. */
  intervals(): readonly Interval[];
  /** What was durable in the sector during an interval. */
  durable(sector: number, interval: number): Uint8Array;
}

/** An empty disk. */
export const simulatedDisk = (
  sectorSize: number,
  sectors: number,
  options: DiskOptions = {},
): SimulatedDisk => diskOn(emptySectors(sectorSize, sectors), options);

/**
 * A disk that begins with these contents: a cut disk that is switched on again. It leaves them as they are, and so must
 * everybody else from now on.
 */
export const diskOn = (base: Sectors, options: DiskOptions = {}): SimulatedDisk => {
  const history: History = historyOf(base);
  const current = new Map<number, Uint8Array>();
  const { sectorSize, sectors } = base;
  let digest = base.digest;
  const check = (sector: number, bytes: Uint8Array): void => {
    if (!Number.isInteger(sector) || sector < 0 || sector >= sectors) {
      throw new RangeError(`no sector ${sector} on a disk of ${sectors}`);
    }
    if (bytes.byteLength !== sectorSize) {
      throw new RangeError(`${bytes.byteLength} bytes for a sector of ${sectorSize}`);
    }
  };
  const read = (sector: number): Uint8Array => current.get(sector) ?? base.read(sector);

  return {
    sectorSize,
    sectors,
    read,
    get digest() {
      return digest;
    },
    get events() {
      return history.events;
    },
    touched: () => new Set([...base.touched(), ...current.keys()]),
    write: (sector, bytes, site = "unnamed") => {
      check(sector, bytes);
      const kept = bytes.slice();
      const before = sectorDigest(sector, read(sector));
      digest = replaced(digest, before, sectorDigest(sector, kept));
      current.set(sector, kept);
      history.add(sector, kept, { written: true, site });
      if (options.cache === "none") history.flush();
    },
    mayWrite: (sector, bytes, site = "unnamed") => {
      check(sector, bytes);
      history.add(sector, bytes.slice(), { written: false, site });
    },
    flush: () => history.flush(),
    intervals: () => history.intervals(),
    durable: (sector, interval) => history.durable(sector, interval)?.bytes ?? base.read(sector),
  };
};
