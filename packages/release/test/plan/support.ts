import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type {
  ByteSource,
  Extent,
  Image,
  ImageIndex,
  MakeFramesOptions,
  Plan,
  Seed,
} from "../../src/index.ts";
import {
  CopyChecker,
  decodeIndex,
  frameTableOf,
  leafRequests,
  makeFrames,
  makePlan,
  noLeaves,
  piecesToLookInto,
  stepsOf,
  takeLeaves,
  unpackFrame,
} from "../../src/index.ts";
import { sourceOf } from "../delta/support.ts";

export const SALT = "5a".repeat(32);

/** The files that a release publishes of an image, in memory. */
export interface Published {
  readonly file: Uint8Array;
  readonly index: ImageIndex;
  readonly indexFile: Uint8Array;
}

export const publish = async (
  image: Image,
  options: MakeFramesOptions = { salt: SALT },
): Promise<Published> => {
  const written: Uint8Array[] = [];
  const sink = {
    write: async (bytes: Uint8Array) => {
      written.push(Uint8Array.from(bytes));
    },
  };
  const made = await makeFrames(image, sink, options);
  const file = Buffer.concat(written);
  assert.equal(made.size, file.length);
  assert.equal(made.sha256, createHash("sha256").update(file).digest("hex"));
  return { file, index: decodeIndex(made.index), indexFile: made.index };
};

/** The leaf level of an image's hash tree. */
export const leavesOf = (whole: Uint8Array, salt: string = SALT): ByteSource =>
  sourceOf(
    Buffer.concat(
      Array.from({ length: whole.length / 4096 }, (_, i) =>
        createHash("sha256")
          .update(Buffer.from(salt, "hex"))
          .update(whole.subarray(i * 4096, (i + 1) * 4096))
          .digest(),
      ),
    ),
  );

/** A seed as a plan sees it, and the bytes that are really there. */
export interface LocalSeed extends Seed {
  readonly bytes: Uint8Array;
}

/** How a target came about. */
export interface Made {
  readonly bytes: Uint8Array;
  /** From the first plan to the last. */
  readonly plans: readonly Plan[];
  /** Of everything but the index file. */
  readonly fetched: number;
}

/** Makes a target as a node does: plans, does what the plan says, and plans again while checks fail. */
export const receive = async (
  { file, index }: Published,
  seeds: readonly LocalSeed[],
  before: { readonly bytes?: Uint8Array; readonly done?: readonly Extent[] } = {},
): Promise<Made> => {
  const bytes = before.bytes?.slice() ?? new Uint8Array(index.imageSize).fill(0xee);
  const [done, bad]: [Extent[], Extent[]] = [[...(before.done ?? [])], []];
  const tail = file.subarray(index.tail.offset, index.tail.offset + index.tail.length);
  const table = frameTableOf(tail, index);
  const leaves = noLeaves(index);
  let fetched = tail.length;
  for (const request of leafRequests(index, piecesToLookInto({ index, seeds, done }))) {
    fetched += request.length;
    takeLeaves(
      index,
      leaves,
      request,
      file.subarray(request.offset, request.offset + request.length),
    );
  }
  const plans: Plan[] = [];
  // Each plan fetches what failed in the one before, so that the second is the last.
  for (let round = 0; round === 0 || (bad.length > 0 && round < 2); round++) {
    const plan = await makePlan({ index, table, seeds, leaves, done, bad });
    assertWhole(plan, index.imageSize, done);
    plans.push(plan);
    fetched += plan.bytes.fetched;
    run(plan, index, file, seeds, bytes, done, bad);
  }
  return { bytes, plans, fetched };
};

/** Steps leave nothing out and make nothing twice. */
const assertWhole = (plan: Plan, size: number, done: readonly Extent[]): void => {
  const isDone = new Uint8Array(size);
  for (const { offset, length } of done) isDone.fill(1, offset, offset + length);
  let at = 0;
  for (const { target, length } of stepsOf(plan)) {
    assert.ok(target >= at, `the step at ${target} begins before ${at}`);
    assert.ok(!isDone.subarray(at, target).includes(0), `nobody makes ${at} to ${target}`);
    at = target + length;
  }
  assert.ok(at <= size && !isDone.subarray(at).includes(0), `nobody makes what follows ${at}`);
};

const run = (
  plan: Plan,
  index: ImageIndex,
  file: Uint8Array,
  seeds: readonly LocalSeed[],
  target: Uint8Array,
  done: Extent[],
  bad: Extent[],
): void => {
  for (const step of stepsOf(plan)) {
    const extent = { offset: step.target, length: step.length };
    if (step.kind === "frame") {
      const { frame } = step;
      const end = frame.packedOffset + frame.packedLength;
      target.set(unpackFrame(frame, file.subarray(frame.packedOffset, end)), step.target);
    } else if (step.kind === "zero") {
      target.fill(0, step.target, step.target + step.length);
    } else {
      const from = step.kind === "copy" ? (seeds[step.seed]?.bytes ?? new Uint8Array(0)) : target;
      const at = step.kind === "copy" ? step.source : step.target;
      const bytes = from.slice(at, at + step.length);
      const checker = new CopyChecker(index, step.check);
      for (let i = 0; i < bytes.length; i += 1000) checker.update(bytes.subarray(i, i + 1000));
      target.set(bytes, step.target);
      if (!checker.isRight()) {
        bad.push(extent);
        continue;
      }
    }
    done.push(extent);
  }
};

/** Images are long: what is different in them is not worth printing. */
export const assertSame = (bytes: Uint8Array, whole: Uint8Array): void =>
  assert.ok(Buffer.compare(bytes, whole) === 0, "another image was made");
