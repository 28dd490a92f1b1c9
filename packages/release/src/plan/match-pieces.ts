import type { ImageIndex, IndexedPiece } from "../block-index/image-index.ts";
import type { ExtentSet } from "./extent-set.ts";
import type { Copy, Keep, Seed } from "./plan.ts";

/** What is known of the target when a plan is made. */
export interface Progress {
  /** Runs of the target that are durable, and were held against their hashes. */
  readonly done: ExtentSet;
  /** Runs of the target whose bytes no seed has after all. */
  readonly bad: ExtentSet;
}

/** For each piece of the target a copy, or undefined where no seed lists one of its hash. Pieces begun already are not copied as a whole. */
export const matchPieces = (
  target: ImageIndex,
  seeds: readonly Seed[],
  { done, bad }: Progress,
): readonly (Copy | Keep | undefined)[] => {
  const find = piecesOfSeeds(seeds);
  return target.pieces.map((piece) =>
    done.hasSomeOf(piece) || bad.hasSomeOf(piece) ? undefined : find(piece),
  );
};

const keyOf = ({ hash, length }: IndexedPiece): string => `${hash}/${length}`;

const piecesOfSeeds = (
  seeds: readonly Seed[],
): ((piece: IndexedPiece) => Copy | Keep | undefined) => {
  const inPlace = new Set<string>();
  const elsewhere = new Map<string, { readonly seed: number; readonly source: number }>();
  for (const [seed, { index, isTarget = false }] of seeds.entries()) {
    for (const piece of index.pieces) {
      const key = keyOf(piece);
      if (isTarget) inPlace.add(`${key}@${piece.offset}`);
      else if (!elsewhere.has(key)) elsewhere.set(key, { seed, source: piece.offset });
    }
  }
  return (piece) => {
    const key = keyOf(piece);
    const to = { target: piece.offset, length: piece.length };
    const check = { by: "piece", hash: piece.hash } as const;
    if (inPlace.has(`${key}@${piece.offset}`)) return { kind: "keep", ...to, check };
    const found = elsewhere.get(key);
    return found === undefined ? undefined : { kind: "copy", ...found, ...to, check };
  };
};
