/**
 * What a disk was written, and when it was flushed, as QEMU's `blklogwrites` recorded it: the format of Linux's
 * dm-log-writes (Documentation/admin-guide/device-mapper/log-writes.rst), all numbers little-endian.
 */
import type { FileHandle } from "node:fs/promises";
import { type ByteSource, readRange } from "../inspect/byte-source.ts";
import { FormatError } from "../inspect/format-error.ts";

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
const DISCARD = 4n;
/** Somebody's note between the entries. */
const MARK = 8n;

/**
 * All entries, in the order in which the disk got them.
 * @throws FormatError when it is no such log, or an entry reaches beyond its end.
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

const CHUNK = 4 * 2 ** 20;

/** Does to `disk` what the entries say. A discard leaves what was there, as a disk may. */
export const replayWrites = async (
  log: FileHandle,
  entries: readonly LoggedWrite[],
  disk: FileHandle,
): Promise<void> => {
  const buffer = Buffer.alloc(CHUNK);
  for (const { kind, offset, length, dataOffset } of entries) {
    if (kind !== "write") continue;
    for (let done = 0; done < length; done += CHUNK) {
      const size = Math.min(CHUNK, length - done);
      const { bytesRead } = await log.read(buffer, 0, size, dataOffset + done);
      // A hole at the log's end was cut off: it is zeros.
      buffer.fill(0, bytesRead, size);
      await disk.write(buffer, 0, size, offset + done);
    }
  }
};
