/** Disks that cuts left, made, for those who want to boot them; and what the slots on them hold, by dm-verity's own reckoning. */
import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { open, rm, truncate } from "node:fs/promises";
import path from "node:path";
import { findToolbox, type LoggedWrite, replayWrites } from "@slipway/composer/testing";
import { linuxExec } from "@slipway/host";
import { copyDisk, partitionOf } from "../node-disk.ts";
import { CACHE } from "../release.ts";
import { type CrashPoint, SECTOR } from "./crash-points.ts";

export interface RecordedDisk {
  /** As it was before the first entry, without the room behind its slots. */
  readonly pristine: string;
  /** Bytes behind the slots. */
  readonly room: number;
  readonly log: string;
  readonly entries: readonly LoggedWrite[];
}

/** Makes the disk that a cut left. */
export const makeLeftDisk = async (
  { pristine, room, log, entries }: RecordedDisk,
  { interval, arrived }: Pick<CrashPoint, "interval" | "arrived">,
  to: string,
): Promise<string> => {
  await copyDisk(pristine, to, room);
  {
    await using from = await open(log, "r");
    await using disk = await open(to, "r+");
    await replayWrites(from, entries.slice(0, interval.from), disk);
  }
  const [inLog, onDisk] = [openSync(log, "r"), openSync(to, "r+")];
  try {
    const bytes = Buffer.alloc(SECTOR);
    for (const [sector, offset] of arrived) {
      readSync(inLog, bytes, 0, SECTOR, offset);
      writeSync(onDisk, bytes, 0, SECTOR, sector * SECTOR);
    }
  } finally {
    closeSync(inLog);
    closeSync(onDisk);
  }
  return to;
};

/** Whether veritysetup(8) finds a slot good under a root hash. */
export const slotVerifies = async (
  disk: string,
  slot: "a" | "b",
  roothash: string,
): Promise<boolean> => {
  const [root, verity] = await Promise.all(
    [`slot-${slot}`, `slot-${slot}-verity`].map((label) => extract(disk, label)),
  );
  const toolbox = await findToolbox(linuxExec, CACHE, "compose");
  if (root === undefined || verity === undefined || toolbox === undefined) {
    throw new Error("the tools tree is not there: build something first");
  }
  // Its status says the same of a block that differs and of a tool that cannot run: the answer is written down.
  const answer = `${disk}.verified`;
  await toolbox.run(
    {
      argv: [
        ...(["sh", "-uc"] as const),
        'veritysetup verify "$1" "$2" "$3" >"$4" 2>&1; echo "status $?" >>"$4"',
        ...["sh", root, verity, roothash, answer],
      ],
      purpose: "verifying a slot",
    },
    { writable: [path.dirname(disk)] },
  );
  const said = readFileSync(answer, "utf8");
  await Promise.all([root, verity, answer].map((file) => rm(file)));
  if (/^status 0$/m.test(said)) return true;
  // No superblock, a block that differs, a tree that does not lead to the root hash.
  if (/Verification|not a valid VERITY|verity.*(?:corrupt|failed)/i.test(said)) return false;
  throw new Error(`veritysetup: ${said}`);
};

const CHUNK = 2 ** 20;

/** A partition as a file of its own, sparse. */
const extract = async (disk: string, label: string): Promise<string> => {
  const { offset, size } = await partitionOf(disk, label);
  const file = `${disk}.${label}`;
  await using from = await open(disk, "r");
  await using to = await open(file, "w");
  const [bytes, zeros] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)];
  for (let at = 0; at < size; at += CHUNK) {
    const { bytesRead } = await from.read(bytes, 0, Math.min(CHUNK, size - at), offset + at);
    const piece = bytes.subarray(0, bytesRead);
    if (!piece.equals(zeros.subarray(0, bytesRead))) await to.write(piece, 0, bytesRead, at);
  }
  await truncate(file, size);
  return file;
};
