/**
 * What a disk was written, and when it was flushed, as QEMU's `blklogwrites` recorded it: the format of Linux's
 * dm-log-writes (Documentation/admin-guide/device-mapper/log-writes.rst), all numbers little-endian.
 */
import type { FileHandle } from "node:fs/promises";
import { type ByteSource, FormatError, readRange } from "@slipway/release";

export interface LoggedWrite {
  readonly kind: "write" | "discard" | "flush";
  /** Where on the disk, and how much; bytes. Nothing, for a flush. */
  readonly offset: number;
  readonly length: number;
  /** Where a write's data is in the log. */
  readonly dataOffset: number;
}

const WRITE_LOG = "write log";
const MAGIC = 0x6a736677736872n;
const SUPER_BYTES = 28;
const ENTRY_BYTES = 32;
const FLUSH = 1n;
const DISCARD = 4n;
/** Somebody's note between the entries. */
const MARK = 8n;

/** What a queue of a virtio disk holds: the superblock counts entries as they begin, and a machine that is ended leaves those without a header. */
const MOST_UNDER_WAY = 256;
const NOTHING = { kind: "nothing", offset: 0, length: 0 } as const;

/**
 * All entries, in the order in which the disk got them.
 * @throws FormatError when it is no such log, an entry reaches beyond its end, or the log's reader lost its way: what comes then is mostly zeros
 */
export const readWriteLog = async (log: ByteSource): Promise<readonly LoggedWrite[]> => {
  const head = Buffer.from(await readRange(log, WRITE_LOG, "the superblock", 0, SUPER_BYTES));
  if (head.readBigUInt64LE(0) !== MAGIC || head.readBigUInt64LE(8) !== 1n) {
    throw new FormatError("NOT_THIS_FORMAT", WRITE_LOG, "no superblock of version 1");
  }
  const count = Number(head.readBigUInt64LE(16));
  const sector = head.readUInt32LE(24);
  const entries: LoggedWrite[] = [];
  let at = sector;
  for (let index = 0; index < count; index += 1) {
    const entry = Buffer.from(await readRange(log, WRITE_LOG, `entry ${index}`, at, ENTRY_BYTES));
    const flags = entry.readBigUInt64LE(16);
    const length = Number(entry.readBigUInt64LE(8)) * sector;
    const dataOffset = at + sector;
    const discard = (flags & DISCARD) !== 0n;
    at = dataOffset + (discard ? 0 : length);
    if (at > log.size) {
      throw new FormatError("TRUNCATED", WRITE_LOG, `entry ${index} ends beyond the log`);
    }
    if ((flags & MARK) !== 0n) continue;
    if (length === 0 && (flags & FLUSH) === 0n) {
      if (count - index <= MOST_UNDER_WAY) break;
      const { kind, offset, length: bytes } = entries.at(-1) ?? NOTHING;
      throw new FormatError(
        "OUT_OF_RANGE",
        WRITE_LOG,
        `entry ${index} of ${count} writes nothing and is no flush; before it was ${kind} of ${bytes} bytes at ${offset}`,
      );
    }
    const kind = length === 0 ? "flush" : discard ? "discard" : "write";
    entries.push({
      ...{ kind, length, dataOffset },
      offset: Number(entry.readBigUInt64LE(0)) * sector,
    });
  }
  return entries;
};

/**
 * Where the power may be cut: how many entries are on the disk for certain once it has answered a flush, for each flush
 * that has something to make durable. Whoever replays that many has a disk as a power cut may leave it.
 */
export const flushPoints = (entries: readonly LoggedWrite[]): readonly number[] => {
  const points: number[] = [];
  let written = false;
  for (const [index, { kind }] of entries.entries()) {
    if (kind === "flush" && written) points.push(index + 1);
    written = kind !== "flush";
  }
  return points;
};

const CHUNK: number = 2 ** 20;

/**
 * Does to `disk` what the entries say, and leaves it sparse: what it has already is not written again, and most of it is
 * zeros. A discard leaves what was there, as a disk may.
 */
export const replayWrites = async (
  log: FileHandle,
  entries: readonly LoggedWrite[],
  disk: FileHandle,
): Promise<void> => {
  const [wanted, there] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)];
  for (const { kind, offset, length, dataOffset } of entries) {
    if (kind !== "write") continue;
    for (let done = 0; done < length; done += CHUNK) {
      const size = Math.min(CHUNK, length - done);
      await readAll(log, wanted.subarray(0, size), dataOffset + done);
      await readAll(disk, there.subarray(0, size), offset + done);
      if (wanted.subarray(0, size).equals(there.subarray(0, size))) continue;
      await disk.write(wanted, 0, size, offset + done);
    }
  }
};

/** What lies beyond the file's end is zeros: both files may end with a hole that was cut off. */
const readAll = async (file: FileHandle, buffer: Buffer, offset: number): Promise<void> => {
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await file.read(buffer, done, buffer.length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  buffer.fill(0, done);
};
