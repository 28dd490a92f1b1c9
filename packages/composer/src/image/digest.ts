/**
 * SHA-256 of a sparse file.
 *
 * An install disk is five GiB of which a few hundred MiB are written. SHA-256 has to run over the zeros too, but they
 * need not be read: the file system knows where they are, which halves the time.
 */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { HostError } from "@slipway/host";
import type { Toolbox } from "../tools/toolbox.ts";

/** Written ranges of a file, in bytes: sorted, apart from each other, ends exclusive. */
export type Ranges = readonly (readonly [start: number, end: number])[];

/**
 * The written extents in the report of `filefrag -v -b1` (e2fsprogs). Undefined when the report is none: the file
 * system does not tell, and the whole file has to be read. Extents that are allocated but unwritten read as zeros.
 */
export const parseExtents = (report: string): Ranges | undefined => {
  if (!/^\s*ext:/m.test(report)) return undefined;
  const ranges: [number, number][] = [];
  for (const line of report.split("\n")) {
    const match = /^\s*\d+:\s*(\d+)\.\.\s*(\d+):.*?:\s*\d+:(.*)$/.exec(line);
    if (match === null || /\bunwritten\b/.test(match[3] ?? "")) continue;
    const [start, end] = [Number(match[1]), Number(match[2]) + 1];
    const last = ranges.at(-1);
    if (last !== undefined && last[1] >= start) last[1] = Math.max(last[1], end);
    else ranges.push([start, end]);
  }
  return ranges;
};

const BUFFER_BYTES = 4 * 1024 * 1024;

/** Lower-case hex; reads `ranges` only and takes zeros for the rest. */
export const sparseSha256 = async (file: string, ranges: Ranges | undefined): Promise<string> => {
  const hash = createHash("sha256");
  const zeros = Buffer.alloc(BUFFER_BYTES);
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  await using handle = await open(file);
  const { size } = await handle.stat();
  const fill = (bytes: number): void => {
    for (let left = bytes; left > 0; left -= BUFFER_BYTES) {
      hash.update(left >= BUFFER_BYTES ? zeros : zeros.subarray(0, left));
    }
  };
  let at = 0;
  for (const [start, end] of ranges ?? [[0, size]]) {
    fill(Math.min(start, size) - at);
    at = Math.min(start, size);
    const stop = Math.min(end, size);
    while (at < stop) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(BUFFER_BYTES, stop - at), at);
      if (bytesRead === 0) throw new Error(`${file} became shorter while it was read`);
      hash.update(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
  }
  fill(size - at);
  return hash.digest("hex");
};

/**
 * Asks the file system where a file is written. Undefined when it does not tell, as one in memory does not. The file is
 * synced before (`-s`): what waits in memory for its place on the disk is in no extent yet, and would be taken for a hole.
 */
export const writtenRanges = async (
  toolbox: Toolbox,
  file: string,
): Promise<Ranges | undefined> => {
  try {
    const { stdout } = await toolbox.run(
      {
        argv: ["filefrag", "-s", "-v", "-b1", file],
        purpose: "finding what is written of the disk",
      },
      { readable: [file] },
    );
    return parseExtents(stdout);
  } catch (error) {
    // Its status is the number of whatever error it met: reading the whole file is right after every one.
    if (error instanceof HostError && error.code === "COMMAND_FAILED") return undefined;
    throw error;
  }
};
