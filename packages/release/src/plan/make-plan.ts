import type { ImageIndex } from "../block-index/image-index.ts";
import type { KnownLeaves } from "../block-index/leaf-hashes.ts";
import { noLeaves } from "../block-index/leaf-hashes.ts";
import type { Extent } from "../delta/byte-source.ts";
import type { FrameTable } from "../frames/frame-table.ts";
import { TransportError } from "../frames/transport-error.ts";
import { fetchesFor, type NeededFrames, neededFrames } from "./choose-frames.ts";
import { ExtentSet } from "./extent-set.ts";
import { blockOperations, missingRuns } from "./block-runs.ts";
import { hasComparableLeaves, matchBlocks } from "./match-blocks.ts";
import { matchPieces, type Progress } from "./match-pieces.ts";
import type { Copy, Fetch, Keep, Operation, Plan, Seed, Zero } from "./plan.ts";

/** What the making of a target goes by. */
export interface Target {
  readonly index: ImageIndex;
  readonly seeds: readonly Seed[];
  /** Runs of the target that are durable, and were held against their hashes: nothing is done there again. Default: none. */
  readonly done?: readonly Extent[];
  /** Runs that an operation was to make, and did not, since the bytes were not the right ones: these are fetched. Default: none. */
  readonly bad?: readonly Extent[];
}

/** Parts of a plan. */
export interface PlanParts extends Target {
  readonly table: FrameTable;
  /** As far as they were fetched. Default: none are known. */
  readonly leaves?: KnownLeaves;
}

/**
 * The numbers of the target's pieces of which the leaf hashes are worth fetching: no seed has the piece, and one has a hash tree
 * in which its blocks can be looked up.
 */
export const piecesToLookInto = (target: Target): readonly number[] => {
  if (!target.seeds.some((seed) => hasComparableLeaves(target.index, seed))) return [];
  const progress = progressOf(target);
  const matched = matchPieces(target.index, target.seeds, progress);
  return target.index.pieces.flatMap((piece, i) =>
    matched[i] === undefined && piece.firstLeaf !== undefined && !progress.done.hasAllOf(piece)
      ? [i]
      : [],
  );
};

/**
 * Plans how the target is made of what the seeds have, and of as few fetched bytes as that leaves. When a check fails, plan
 * again with the operation's run in `bad` and all that is right in `done`. Throws a TransportError for a table of another image,
 * and what reading a seed's hash tree throws.
 */
export const makePlan = async (parts: PlanParts): Promise<Plan> => {
  const { index, table, seeds, leaves = noLeaves(index) } = parts;
  if (table.imageSize !== index.imageSize) {
    throw new TransportError(
      "TRANSPORT_MISMATCH",
      `the index is of an image of ${index.imageSize} bytes, the frames make ${table.imageSize}`,
    );
  }
  const progress = progressOf(parts);
  const matched = matchPieces(index, seeds, progress);
  const unknown = index.pieces.flatMap((_, i) => (matched[i] === undefined ? [i] : []));
  const find = await matchBlocks(index, seeds, leaves, unknown);
  const split = { index, pieces: unknown, find, progress };
  const whole = matched.filter((operation) => operation !== undefined);
  const needed = neededFrames(table.frames, missingRuns(split), whole.map(extentOf));
  const fetches = fetchesFor(table.frames, needed, progress.done);
  const frames = fetches.flatMap((fetch) => fetch.frames);
  const zeros = zeroFrames(table, needed, new ExtentSet(frames));
  const covered = new ExtentSet([...frames, ...zeros.map(extentOf)]);
  const operations = [
    ...whole.filter((operation) => !covered.hasAllOf(extentOf(operation))),
    ...blockOperations(split, covered),
    ...zeros,
  ].toSorted((a, b) => a.target - b.target);
  return { operations, fetches, bytes: countBytes(operations, fetches, progress.done) };
};

const progressOf = ({ done = [], bad = [] }: Target): Progress => ({
  done: new ExtentSet(done),
  bad: new ExtentSet(bad),
});

const extentOf = ({ target, length }: Operation): Extent => ({ offset: target, length });

/** Needed frames that hold nothing but zeros, and that no fetch brings along. */
const zeroFrames = (
  { frames }: FrameTable,
  needed: NeededFrames,
  fetched: ExtentSet,
): readonly Zero[] =>
  frames.flatMap((frame, i) =>
    needed[i] === 1 && frame.packedLength === 0 && !fetched.hasAllOf(frame)
      ? [{ kind: "zero", target: frame.offset, length: frame.length } as const]
      : [],
  );

const countBytes = (
  operations: readonly Operation[],
  fetches: readonly Fetch[],
  done: ExtentSet,
): Plan["bytes"] => {
  const of = (kind: (Copy | Keep | Zero)["kind"]): number =>
    operations.reduce(
      (sum, operation) => sum + (operation.kind === kind ? operation.length : 0),
      0,
    );
  return {
    fetched: fetches.reduce((sum, { length }) => sum + length, 0),
    copied: of("copy"),
    kept: of("keep"),
    zeroed: of("zero"),
    done: done.bytes,
  };
};

/** The plan of a node that copies nothing: all frames that are not done. */
export const makeFullPlan = (table: FrameTable, done: readonly Extent[] = []): Plan => {
  const doneSet = new ExtentSet(done);
  const missing = table.frames.filter((frame) => !doneSet.hasAllOf(frame));
  const needed = neededFrames(table.frames, missing, []);
  const fetches = fetchesFor(table.frames, needed, doneSet);
  const fetched = new ExtentSet(fetches.flatMap(({ frames }) => frames));
  const operations = zeroFrames(table, needed, fetched);
  return { operations, fetches, bytes: countBytes(operations, fetches, doneSet) };
};
