import type { ImageIndex } from "../block-index/image-index.ts";
import type { Extent } from "../delta/byte-source.ts";
import type { ExtentSet } from "./extent-set.ts";
import type { BlockPlace, FindBlock } from "./match-blocks.ts";
import type { Progress } from "./match-pieces.ts";
import { type Check, MAX_BLOCK_COPY_BYTES, type Operation } from "./plan.ts";

/** The pieces of a target that are not copied as a whole, and what is known of their blocks. */
export interface SplitPieces {
  readonly index: ImageIndex;
  /** Their numbers. */
  readonly pieces: readonly number[];
  readonly find: FindBlock;
  readonly progress: Progress;
}

/** A block, or a piece that is not known by blocks, and where it can be taken from. */
interface Part extends Extent {
  readonly place: BlockPlace | undefined;
}

/** Runs of the target that no seed has, as far as they are not done. */
export const missingRuns = (split: SplitPieces): readonly Extent[] => {
  const runs: { offset: number; length: number }[] = [];
  for (const { offset, length, place } of partsOf(split)) {
    if (place !== undefined) continue;
    const last = runs.at(-1);
    if (last !== undefined && last.offset + last.length === offset) last.length += length;
    else runs.push({ offset, length });
  }
  return runs;
};

/** Operations for the blocks that seeds have, but for those that are fetched anyhow. What follows each other in both images is one. */
export const blockOperations = (split: SplitPieces, fetched: ExtentSet): readonly Operation[] => {
  const runs: Run[] = [];
  for (const part of partsOf(split)) {
    if (part.place === undefined || fetched.hasAllOf(part)) continue;
    const last = runs.at(-1);
    if (last === undefined || !follows(last, part.place, part)) runs.push(runOf(part.place, part));
    else {
      last.length += part.length;
      if (part.place.kind !== "zero") last.hashes.push(part.place.hash);
    }
  }
  return runs.map(operationOf);
};

interface Run {
  readonly place: BlockPlace;
  readonly target: number;
  length: number;
  readonly hashes: number[];
}

const runOf = (place: BlockPlace, { offset, length }: Extent): Run => ({
  place,
  target: offset,
  length,
  hashes: place.kind === "zero" ? [] : [place.hash],
});

const follows = (run: Run, place: BlockPlace, { offset, length }: Extent): boolean => {
  if (run.place.kind !== place.kind || run.target + run.length !== offset) return false;
  if (place.kind !== "zero" && run.length + length > MAX_BLOCK_COPY_BYTES) return false;
  if (run.place.kind !== "copy" || place.kind !== "copy") return true;
  return run.place.seed === place.seed && run.place.source + run.length === place.source;
};

const operationOf = ({ place, target, length, hashes }: Run): Operation => {
  if (place.kind === "zero") return { kind: "zero", target, length };
  const check: Check = { by: "blocks", hashes };
  if (place.kind === "keep") return { kind: "keep", target, length, check };
  return { kind: "copy", seed: place.seed, source: place.source, target, length, check };
};

/** All parts that are not done, in the image's order. */
function* partsOf({ index, pieces, find, progress }: SplitPieces): Generator<Part, void, void> {
  const { done, bad } = progress;
  for (const number of pieces) {
    const piece = index.pieces[number];
    if (piece === undefined || done.hasAllOf(piece)) continue;
    const { offset, length, firstLeaf } = piece;
    // Without leaf hashes nothing of it is known by blocks, which in an image without any would be its bytes.
    if (firstLeaf === undefined) {
      yield { offset, length, place: undefined };
      continue;
    }
    for (let at = offset; at < offset + length; at += index.blockSize) {
      const block = { offset: at, length: index.blockSize };
      if (done.hasAllOf(block)) continue;
      const place = bad.hasSomeOf(block) ? undefined : find(at / index.blockSize);
      yield { ...block, place };
    }
  }
}
