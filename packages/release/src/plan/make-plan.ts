import type { ImageIndex } from "../block-index/image-index.ts";
import type { KnownLeaves } from "../block-index/leaf-hashes.ts";
import { noLeaves } from "../block-index/leaf-hashes.ts";
import type { Extent } from "../delta/byte-source.ts";
import type { FrameTable } from "../frames/frame-table.ts";
import { TransportError } from "../frames/transport-error.ts";
import { fetchesFor, type NeededFrames, neededFrames } from "./choose-frames.ts";
import { ExtentSet } from "./extent-set.ts";
import { type BlockPlace, hasComparableLeaves, matchBlocks } from "./match-blocks.ts";
import { matchPieces, type Progress } from "./match-pieces.ts";
import type { Copy, Fetch, Keep, Operation, Plan, Seed, Zero } from "./plan.ts";
import { MAX_BLOCK_COPY_BYTES } from "./plan.ts";

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
  const places = await matchBlocks(index, seeds, leaves, unknown);
  const whole = matched.filter((operation) => operation !== undefined);
  const wholeExtents = whole.map(({ target, length }) => ({ offset: target, length }));
  const split = unknown.map((i) => splitPiece(index, i, places, progress));
  const missing = split.flatMap((part) => part.missing);
  const needed = neededFrames(table.frames, missing, wholeExtents);
  const fetches = fetchesFor(table.frames, needed, progress.done);
  const fetched = new ExtentSet(fetches.flatMap(({ frames }) => frames));
  const zeros = zeroFrames(table, needed, fetched);
  const covered = new ExtentSet([
    ...fetches.flatMap(({ frames }) => frames),
    ...zeros.map(extentOf),
  ]);
  const blocks = split
    .flatMap((part) => part.blocks)
    .filter((block) => !covered.hasAllOf(extentOf(block)));
  const operations = [
    ...whole.filter((operation) => !covered.hasAllOf(extentOf(operation))),
    ...joinBlocks(blocks),
    ...zeros,
  ].toSorted((a, b) => a.target - b.target);
  return { operations, fetches, bytes: countBytes(operations, fetches, progress.done) };
};

const progressOf = ({ done = [], bad = [] }: Target): Progress => ({
  done: new ExtentSet(done),
  bad: new ExtentSet(bad),
});

const extentOf = ({ target, length }: Operation): Extent => ({ offset: target, length });

/** Of a piece that is not copied as a whole: blocks that a seed has, and runs that nobody has. What is done is in neither. */
const splitPiece = (
  { pieces, blockSize }: ImageIndex,
  number: number,
  places: ReadonlyMap<number, BlockPlace>,
  { done, bad }: Progress,
): { readonly blocks: readonly Operation[]; readonly missing: readonly Extent[] } => {
  const piece = pieces[number];
  if (piece === undefined || done.hasAllOf(piece)) return { blocks: [], missing: [] };
  // Without leaf hashes nothing of it is known by blocks, which in an image without any would be its bytes.
  if (piece.firstLeaf === undefined) return { blocks: [], missing: [piece] };
  const blocks: Operation[] = [];
  const missing: Extent[] = [];
  for (let offset = piece.offset; offset < piece.offset + piece.length; offset += blockSize) {
    const extent = { offset, length: blockSize };
    if (done.hasAllOf(extent)) continue;
    const place = bad.hasSomeOf(extent) ? undefined : places.get(offset / blockSize);
    if (place === undefined) missing.push(extent);
    else blocks.push(blockOperation(place, extent));
  }
  return { blocks, missing };
};

const blockOperation = (
  { kind, seed, source, hash }: BlockPlace,
  { offset: target, length }: Extent,
): Operation => {
  if (kind === "zero") return { kind, target, length };
  const check = { by: "blocks", hashes: [hash] } as const;
  return kind === "keep"
    ? { kind, target, length, check }
    : { kind, seed, source, target, length, check };
};

/** Makes one operation of blocks that follow each other in both images. */
const joinBlocks = (blocks: readonly Operation[]): readonly Operation[] => {
  const joined: Operation[] = [];
  for (const block of blocks) {
    const both = joinTwo(joined.at(-1), block);
    if (both === undefined) joined.push(block);
    else joined[joined.length - 1] = both;
  }
  return joined;
};

const joinTwo = (before: Operation | undefined, next: Operation): Operation | undefined => {
  if (before === undefined || before.kind !== next.kind) return undefined;
  const length = before.length + next.length;
  if (before.target + before.length !== next.target) return undefined;
  if (before.kind === "zero" || next.kind === "zero") return { ...before, length };
  if (length > MAX_BLOCK_COPY_BYTES) return undefined;
  if (before.kind === "copy" && next.kind === "copy") {
    const follows = before.seed === next.seed && before.source + before.length === next.source;
    if (!follows) return undefined;
  }
  if (before.check.by !== "blocks" || next.check.by !== "blocks") return undefined;
  const hashes = [...before.check.hashes, ...next.check.hashes];
  return { ...before, length, check: { by: "blocks", hashes } };
};

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
