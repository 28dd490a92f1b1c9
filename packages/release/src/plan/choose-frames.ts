import type { Frame } from "../frames/frame-table.ts";
import { frameAt } from "../frames/read-frames.ts";
import type { Extent } from "../delta/byte-source.ts";
import type { ExtentSet } from "./extent-set.ts";
import type { Fetch } from "./plan.ts";

/** As much between two frames is fetched with them: about what the head of a request and of its answer come to. */
const GAP_BYTES = 1024;
/** A request for more is cut in two, so that one that fails is not long, and several can run side by side. */
const MAX_FETCH_BYTES = 4 * 2 ** 20;

/** Numbers of frames by whether they are needed. */
export type NeededFrames = Uint8Array;

/**
 * Which frames are needed for runs of the target. A piece that is copied as a whole is not mixed with what is fetched: where a
 * frame of several that hold it is needed, all of them are.
 */
export const neededFrames = (
  frames: readonly Frame[],
  missing: readonly Extent[],
  copied: readonly Extent[],
): NeededFrames => {
  const needed = new Uint8Array(frames.length);
  for (const extent of missing) {
    const { first, last } = framesOf(frames, extent);
    needed.fill(1, first, last + 1);
  }
  for (const { first, last } of bound(frames, copied)) {
    if (needed.subarray(first, last + 1).includes(1)) needed.fill(1, first, last + 1);
  }
  return needed;
};

interface Run {
  readonly first: number;
  readonly last: number;
}

const framesOf = (frames: readonly Frame[], { offset, length }: Extent): Run => ({
  first: frameAt(frames, offset),
  last: frameAt(frames, offset + length - 1),
});

/** Runs of frames that are needed together: those with a piece in common. `copied` is in rising order. */
const bound = (frames: readonly Frame[], copied: readonly Extent[]): readonly Run[] => {
  const runs: { first: number; last: number }[] = [];
  for (const extent of copied) {
    const run = framesOf(frames, extent);
    const open = runs.at(-1);
    if (run.first === run.last) continue;
    if (open !== undefined && run.first <= open.last) open.last = Math.max(open.last, run.last);
    else runs.push(run);
  }
  return runs;
};

/** The requests for all needed frames but those of zeros. What lies between two is fetched too where that is little, and not done. */
export const fetchesFor = (
  frames: readonly Frame[],
  needed: NeededFrames,
  done: ExtentSet,
): readonly Fetch[] => {
  const runs: { first: number; last: number; bytes: number }[] = [];
  for (const [i, { packedLength }] of frames.entries()) {
    if (needed[i] !== 1 || packedLength === 0) continue;
    const open = runs.at(-1);
    const between = open === undefined ? [] : frames.slice(open.last + 1, i);
    const gap = between.reduce((sum, frame) => sum + frame.packedLength, 0);
    const isNear =
      gap <= GAP_BYTES && !between.some((frame) => frame.packedLength > 0 && done.hasAllOf(frame));
    if (open !== undefined && isNear && open.bytes + gap + packedLength <= MAX_FETCH_BYTES) {
      open.last = i;
      open.bytes += gap + packedLength;
    } else runs.push({ first: i, last: i, bytes: packedLength });
  }
  return runs.map(({ first, last, bytes }) => ({
    offset: frames[first]?.packedOffset ?? 0,
    length: bytes,
    frames: frames.slice(first, last + 1),
  }));
};
