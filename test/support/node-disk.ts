/** The disk of a node as a raw, sparse file that a test owns: boots may change it, and so may the test in between. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { open, truncate } from "node:fs/promises";
import path from "node:path";
import { crc32 } from "node:zlib";
import { openFileSource, type Partition, readPartitionTable } from "@slipway/composer/testing";
import { run, succeeded } from "./release.ts";

/** Enough for `/var`, whose least size is 512 MiB. */
const ROOM_FOR_VAR = 2 ** 30;
const CHUNK = 4 * 2 ** 20;

/** A copy of the disk of a release, with room for `/var` behind the slots. */
export const copyDisk = async (
  from: string,
  to: string,
  room: number = ROOM_FOR_VAR,
): Promise<string> => {
  await cloneDisk(from, to);
  await using file = await open(to, "r");
  await truncate(to, (await file.stat()).size + room);
  return to;
};

/** The same bytes once more. */
export const cloneDisk = async (from: string, to: string): Promise<string> => {
  succeeded(await run(["cp", "--sparse=always", from, to]));
  return to;
};

/** The disk of a release directory, as `slipway build` left it. */
export const diskOf = (release: string): string => path.join(release, "disk.raw");

export const partitionsOf = async (disk: string): Promise<readonly Partition[]> => {
  await using source = await openFileSource(disk);
  return (await readPartitionTable(source)).partitions;
};

export const partitionOf = async (disk: string, label: string): Promise<Partition> => {
  const partitions = await partitionsOf(disk);
  const found = partitions.find((partition) => partition.label === label);
  assert.ok(found, `no ${label} among ${partitions.map((one) => one.label).join(", ")}`);
  return found;
};

/** Writes into a partition, `offset` bytes from its start. */
export const writePartition = async (
  disk: string,
  label: string,
  bytes: Uint8Array,
  offset = 0,
): Promise<void> => {
  const partition = await partitionOf(disk, label);
  assert.ok(offset + bytes.length <= partition.size, `${label} ends before`);
  await using file = await open(disk, "r+");
  await file.write(bytes, 0, bytes.length, partition.offset + offset);
};

/** Copies a file to the start of a partition. */
export const fillPartition = async (disk: string, label: string, from: string): Promise<void> => {
  await using file = await open(from, "r");
  const { size } = await file.stat();
  const buffer = Buffer.alloc(CHUNK);
  for (let offset = 0; offset < size; offset += CHUNK) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK, offset);
    await writePartition(disk, label, buffer.subarray(0, bytesRead), offset);
  }
};

/** Inverts one bit. */
export const flipBit = async (disk: string, label: string, offset: number): Promise<void> => {
  const { offset: start } = await partitionOf(disk, label);
  await using file = await open(disk, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, start + offset);
  await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, start + offset);
};

/** SHA-256 of all that is in a partition. */
export const digestOfPartition = async (disk: string, label: string): Promise<string> => {
  const { offset, size } = await partitionOf(disk, label);
  await using file = await open(disk, "r");
  const hash = createHash("sha256");
  const buffer = Buffer.alloc(CHUNK);
  for (let at = 0; at < size; at += CHUNK) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK, size - at), offset + at);
    hash.update(buffer.subarray(0, bytesRead));
    if (bytesRead < Math.min(CHUNK, size - at)) break;
  }
  return hash.digest("hex");
};

/** UEFI 2.10, table 5.5: where a header keeps its checksum, and the place, count, size and checksum of its entries. */
const HEADER = {
  size: 12,
  crc: 16,
  entries: 72,
  count: 80,
  entrySize: 84,
  entriesCrc: 88,
} as const;

/** Takes a partition out of both copies of the table. What was in it stays. */
export const deletePartition = async (disk: string, label: string): Promise<void> => {
  await using source = await openFileSource(disk);
  const { sectorSize, partitions } = await readPartitionTable(source);
  const number = partitions.find((partition) => partition.label === label)?.number;
  assert.ok(number !== undefined, `no partition ${label}`);
  await using file = await open(disk, "r+");
  const alternate = Buffer.from(await source.read(sectorSize, sectorSize)).readBigUInt64LE(32);
  for (const lba of [1, Number(alternate)]) {
    const header = Buffer.from(await source.read(lba * sectorSize, sectorSize));
    const entrySize = header.readUInt32LE(HEADER.entrySize);
    const place = Number(header.readBigUInt64LE(HEADER.entries)) * sectorSize;
    const entries = Buffer.from(
      await source.read(place, header.readUInt32LE(HEADER.count) * entrySize),
    );
    entries.fill(0, (number - 1) * entrySize, number * entrySize);
    header.writeUInt32LE(crc32(entries), HEADER.entriesCrc);
    header.writeUInt32LE(0, HEADER.crc);
    header.writeUInt32LE(crc32(header.subarray(0, header.readUInt32LE(HEADER.size))), HEADER.crc);
    await file.write(entries, 0, entries.length, place);
    await file.write(header, 0, header.length, lba * sectorSize);
  }
};
