/**
 * The sectors that the kernel holds and has changed. Each change may reach the disk from then on, whenever the kernel likes;
 * that it does is only sure once the buffer was written.
 */
import type { SimulatedDisk } from "../simulated-disk.ts";

/** Whose fsync writes a buffer: a file's or directory's, or that of the table. */
export type Owner = object;

export interface ChangeOptions {
  readonly owner?: Owner;
  readonly site: string;
}

export interface Buffers {
  readonly read: (sector: number) => Uint8Array;
  change(sector: number, options: ChangeOptions, edit: (bytes: Uint8Array) => void): void;
  /** What else the sector may come to hold: this, on top of what it holds. */
  suppose(sector: number, site: string, edit: (bytes: Uint8Array) => void): void;
  /** Gives changed buffers to the disk; that makes none of them durable on a disk with a cache. */
  write(sectors: Iterable<number>): void;
  writeOwned(owner: Owner): void;
  writeAll(): void;
  /** The owner's buffers are of no more use and will not be written. */
  drop(owner: Owner): void;
}

interface Buffer {
  readonly bytes: Uint8Array;
  readonly owner: Owner | undefined;
  site: string;
}

/** `onTouched` hears of each sector whose possible contents changed, to suppose what comes on top. */
export const buffersOn = (disk: SimulatedDisk, onTouched: (sector: number) => void): Buffers => {
  const dirty = new Map<number, Buffer>();
  const owned = new Map<Owner, Set<number>>();

  const read = (sector: number): Uint8Array => dirty.get(sector)?.bytes ?? disk.read(sector);
  const forget = (sector: number, buffer: Buffer): void => {
    dirty.delete(sector);
    if (buffer.owner !== undefined) owned.get(buffer.owner)?.delete(sector);
  };
  const bufferFor = (sector: number, { owner, site }: ChangeOptions): Buffer => {
    const known = dirty.get(sector);
    // As in Linux, a buffer that an fsync is to write stays with the first owner until it is written.
    if (known !== undefined && (known.owner !== undefined || owner === undefined)) return known;
    const buffer = { bytes: known?.bytes ?? disk.read(sector).slice(), owner, site };
    dirty.set(sector, buffer);
    if (owner !== undefined) {
      const sectors = owned.get(owner) ?? new Set();
      owned.set(owner, sectors.add(sector));
    }
    return buffer;
  };
  const write = (sectors: Iterable<number>): void => {
    for (const sector of [...sectors]) {
      const buffer = dirty.get(sector);
      if (buffer === undefined) continue;
      forget(sector, buffer);
      disk.write(sector, buffer.bytes, buffer.site);
      onTouched(sector);
    }
  };
  return {
    read,
    change: (sector, options, edit) => {
      const buffer = bufferFor(sector, options);
      edit(buffer.bytes);
      buffer.site = options.site;
      disk.mayWrite(sector, buffer.bytes, options.site);
      onTouched(sector);
    },
    suppose: (sector, site, edit) => {
      const bytes = read(sector).slice();
      edit(bytes);
      disk.mayWrite(sector, bytes, site);
    },
    write,
    writeOwned: (owner) => write(owned.get(owner) ?? []),
    writeAll: () => write(dirty.keys()),
    drop: (owner) => {
      for (const sector of [...(owned.get(owner) ?? [])]) {
        const buffer = dirty.get(sector);
        if (buffer !== undefined) forget(sector, buffer);
      }
      owned.delete(owner);
    },
  };
};
