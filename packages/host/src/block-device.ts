/** A disk or partition that is written as it stands, without a file system. */
export interface BlockDevice {
  /** For people: its path. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** What is read and written at least, in bytes; such a piece is written whole or not at all. */
  readonly sectorSize: number;
  /** Fills `target` with what was written last, from a cache perhaps. */
  readInto(target: Uint8Array, offset: number): Promise<void>;
  /** Whole sectors. They last only once `flush` has returned, and until then in any order. */
  write(bytes: Uint8Array, offset: number): Promise<void>;
  /** Everything written is on the disk when it returns, and no cache of the disk's own can lose it. */
  flush(): Promise<void>;
  /** Fills `target` with what the disk itself answers, past every cache of this machine. */
  readBack(target: Uint8Array, offset: number): Promise<void>;
  close(): Promise<void>;
}

/** The disks and partitions of a machine. */
export interface BlockDevices {
  /**
   * Opens one for nobody else: a device that is mounted, mapped or open in this way is refused. A plain file serves as a
   * device too, of 512-byte sectors, and there nothing keeps others out.
   * @throws HostError `DEVICE_BUSY`, `DEVICE_FAILED`
   */
  open(path: string): Promise<BlockDevice>;
}

/** A piece that lies outside of a device or across its sectors is a mistake of the caller's. Throws a RangeError. */
export const checkSectors = (
  { name, size, sectorSize }: Pick<BlockDevice, "name" | "size" | "sectorSize">,
  offset: number,
  length: number,
): void => {
  checkRange({ name, size }, offset, length);
  if (offset % sectorSize !== 0 || length % sectorSize !== 0) {
    throw new RangeError(
      `${name}: ${length} bytes at ${offset} are not whole sectors of ${sectorSize} bytes`,
    );
  }
};

export const checkRange = (
  { name, size }: { readonly name: string; readonly size: number },
  offset: number,
  length: number,
): void => {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + length > size) {
    throw new RangeError(`${name} has ${size} bytes, and no ${length} at ${offset}`);
  }
};
