/** An artifact made by its index: of what the node has of it, and of frames for the rest. */
import {
  type ByteSink,
  type ByteSource,
  type Copy,
  CopyChecker,
  decodeIndex,
  type Extent,
  type FileFacts,
  frameCheck,
  type FrameTable,
  frameTableOf,
  type ImageIndex,
  type KnownLeaves,
  leafLevel,
  leafRequests,
  makePlan,
  MAX_INDEX_BYTES,
  noLeaves,
  piecesToLookInto,
  type Plan,
  type RankedWay,
  type Seed as IndexedSeed,
  stepsOf,
  takeLeaves,
} from "@slipway/release";
import { ReceiverError } from "../errors.ts";
import { type FetchContext, type FetchedFile, fetchFile } from "./fetched-file.ts";
import { fetchUnits, type Unit } from "./fetched-units.ts";
import { FrameReader } from "./frame-reader.ts";
import type { Recipe, Seed, Way } from "./way.ts";

/** A seed with what its index says. */
interface LocalSeed extends IndexedSeed {
  readonly bytes: ByteSource;
}

const PIECE_BYTES = 1024 * 1024;
const LEAF_BYTES = 32;
const TREE_BLOCK_BYTES = 4096;
/** Each round fetches what the one before did not find where it should be; a seed that is wrong in new places each time is none. */
const MOST_ROUNDS = 4;

export const indexWay = (
  { transport: { of, file } }: RankedWay,
  frames: FileFacts,
  seeds: readonly Seed[],
): Way => ({
  of,
  name: "index",
  file: file.sha256,
  prepare: (context) => prepare(context, file, frames, seeds),
});

const prepare = async (
  context: FetchContext,
  file: FileFacts,
  frames: FileFacts,
  seeds: readonly Seed[],
): Promise<Recipe> => {
  const index = await fetchIndex(context, file, frames);
  const local = await localSeeds(seeds);
  const table = await fetchTable(context, index);
  const leaves = await fetchLeaves(context, index, local);
  const plan = await planOfGoodSeeds(index, table, leaves, local);
  const fetched = await fetchUnits(context, frames, unitsOf(plan));
  return {
    make: (sink) => run(plan, local, fetched, sink),
    close: () => fetched.close(),
  };
};

const fetchIndex = async (
  context: FetchContext,
  file: FileFacts,
  frames: FileFacts,
): Promise<ImageIndex> => {
  if (file.size > MAX_INDEX_BYTES) {
    throw new ReceiverError("BAD_METADATA", `no index has ${file.size} bytes`);
  }
  const index = decodeIndex(await readAll(await fetchFile(context, file)));
  const { framesFile } = index;
  if (framesFile.size !== frames.size || framesFile.sha256 !== frames.sha256) {
    throw new ReceiverError("TAMPERED", "the index belongs to other frames than the release has");
  }
  return index;
};

const readAll = async (file: FetchedFile): Promise<Uint8Array> => {
  try {
    return await file.read(0, file.size);
  } finally {
    await file.close();
  }
};

const fetchTable = async (context: FetchContext, index: ImageIndex): Promise<FrameTable> => {
  const { tail, framesFile } = index;
  const check = (bytes: Uint8Array): void => {
    frameTableOf(bytes, index);
  };
  const file = await fetchUnits(context, framesFile, [{ ...tail, check }]);
  return frameTableOf(await readAll(file), index);
};

const fetchLeaves = async (
  context: FetchContext,
  index: ImageIndex,
  seeds: readonly LocalSeed[],
): Promise<KnownLeaves> => {
  const known = noLeaves(index);
  const units = leafRequests(index, piecesToLookInto({ index, seeds })).map((request): Unit => {
    const { offset, length } = request;
    return { offset, length, check: (bytes) => takeLeaves(index, known, request, bytes) };
  });
  if (units.length > 0) await (await fetchUnits(context, index.framesFile, units)).close();
  return known;
};

/** Seeds whose index was kept and can be read. Others are none, and no reason to stop. */
const localSeeds = async (seeds: readonly Seed[]): Promise<readonly LocalSeed[]> => {
  const local: LocalSeed[] = [];
  for (const seed of seeds) {
    const { index: file, bytes } = seed;
    if (file === undefined || file.size > MAX_INDEX_BYTES) continue;
    const index = decodeIndex(await file.read(0, file.size));
    if (bytes.size >= index.imageSize) local.push({ index, bytes, ...leavesOf(seed, index) });
  }
  return local;
};

const leavesOf = (
  { verity }: Seed,
  { imageSize }: ImageIndex,
): { readonly leaves?: ByteSource } => {
  if (verity === undefined || imageSize % TREE_BLOCK_BYTES !== 0) return {};
  const { offset, length } = leafLevel(imageSize / TREE_BLOCK_BYTES);
  if (offset + length > verity.size || length % LEAF_BYTES !== 0) return {};
  const leaves = {
    size: length,
    read: (at: number, bytes: number) => verity.read(offset + at, bytes),
  };
  return { leaves };
};

/**
 * A plan whose copies were all held against the index already, so that everything it needs can be fetched before the slot loses
 * what it holds.
 */
const planOfGoodSeeds = async (
  index: ImageIndex,
  table: FrameTable,
  leaves: KnownLeaves,
  seeds: readonly LocalSeed[],
): Promise<Plan> => {
  const bad: Extent[] = [];
  const buffer = new Uint8Array(PIECE_BYTES);
  for (let round = 1; round <= MOST_ROUNDS; round += 1) {
    const plan = await makePlan({ index, table, leaves, seeds, bad });
    const before = bad.length;
    for (const operation of plan.operations) {
      if (operation.kind !== "copy") continue;
      if (await isRight(index, operation, seeds, buffer)) continue;
      bad.push({ offset: operation.target, length: operation.length });
    }
    if (bad.length === before) return plan;
  }
  throw new ReceiverError("TAMPERED", "what the node has differs from its index all over");
};

const isRight = async (
  index: ImageIndex,
  copy: Copy,
  seeds: readonly LocalSeed[],
  buffer: Uint8Array,
): Promise<boolean> => {
  const checker = new CopyChecker(index, copy.check);
  for await (const piece of piecesOf(copy, seeds, buffer)) checker.update(piece);
  return checker.isRight();
};

/** The bytes of a copy, through a buffer of `PIECE_BYTES`: a piece is gone once the next is asked for. */
async function* piecesOf(
  { seed, source, length }: Copy,
  seeds: readonly LocalSeed[],
  buffer: Uint8Array,
): AsyncGenerator<Uint8Array, void, void> {
  const bytes = seeds[seed]?.bytes;
  if (bytes === undefined) throw new RangeError(`a plan copies from seed ${seed}`);
  for (let at = 0; at < length; at += PIECE_BYTES) {
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, length - at));
    if (bytes.readInto === undefined) piece.set(await bytes.read(source + at, piece.length));
    else await bytes.readInto(piece, source + at);
    yield piece;
  }
}

/** The frames of a plan's fetches, each with its own check; those of zeros have no bytes. */
const unitsOf = ({ fetches }: Plan): readonly Unit[] =>
  fetches
    .flatMap(({ frames }) => frames)
    .filter(({ packedLength }) => packedLength > 0)
    .map((frame) => ({
      offset: frame.packedOffset,
      length: frame.packedLength,
      check: (bytes) => {
        if (frameCheck(bytes) === frame.check) return;
        throw new ReceiverError("TAMPERED", `the frame at byte ${frame.packedOffset} is another`);
      },
    }));

/** Does what a plan says, in the target's order. */
const run = async (
  plan: Plan,
  seeds: readonly LocalSeed[],
  fetched: ByteSource,
  sink: ByteSink,
): Promise<void> => {
  const buffer = new Uint8Array(PIECE_BYTES);
  const reader = new FrameReader(fetched);
  let at = 0;
  for (const step of stepsOf(plan)) {
    switch (step.kind) {
      case "frame": {
        const { frame } = step;
        await sink.write(await reader.read(frame, at));
        at += frame.packedLength;
        break;
      }
      case "copy":
        for await (const piece of piecesOf(step, seeds, buffer)) await sink.write(piece);
        break;
      case "zero":
        for (let done = 0; done < step.length; done += PIECE_BYTES) {
          const zeros = buffer.fill(0, 0, Math.min(PIECE_BYTES, step.length - done));
          await sink.write(zeros.subarray(0, step.length - done));
        }
        break;
      case "keep":
        throw new ReceiverError("TAMPERED", "a plan keeps what no seed in the target has");
    }
  }
};
