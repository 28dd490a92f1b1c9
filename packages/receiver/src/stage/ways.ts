/** The ways in which an artifact can be had, the cheapest first; each falls back to the next. */
import { HostError } from "@slipway/host";
import {
  applyDelta,
  type ByteSource,
  type RankedWay,
  rankWays,
  type ReleaseManifest,
} from "@slipway/release";
import { ReceiverError } from "../errors.ts";
import { type FetchContext, fetchFile } from "./fetched-file.ts";
import { fullWay } from "./full-way.ts";
import { indexWay } from "./index-way.ts";
import type { Recipe, Seed, Way } from "./way.ts";

/** A recipe, and what it is. */
export interface Prepared extends Recipe {
  readonly way: Way;
}

/** The ways that this node can go, in order; and for people what bars the others. */
export const waysTo = (
  manifest: ReleaseManifest,
  of: Way["of"],
  allSeeds: readonly Seed[],
): { readonly ways: readonly Way[]; readonly barred: readonly string[] } => {
  const seeds = allSeeds.filter((seed) => seed.of === of).map(guarded);
  const { ways, passedOver } = rankWays(manifest, of, {
    artifacts: seeds.map(({ sha256 }) => sha256),
    hasIndexes: seeds.some(({ index }) => index !== undefined),
  });
  return {
    ways: ways.flatMap((way) => wayBy(way, seeds)),
    barred: passedOver.map(({ transport, reason }) => `${transport.format} ${reason}`),
  };
};

const wayBy = (ranked: RankedWay, seeds: readonly Seed[]): readonly Way[] => {
  switch (ranked.kind) {
    case "delta":
      return deltaWay(ranked, seeds);
    case "index":
      return ranked.frames === undefined ? [] : [indexWay(ranked, ranked.frames.file, seeds)];
    case "full":
      return [fullWay(ranked)];
  }
};

const deltaWay = (
  { transport: { of, from, file } }: RankedWay,
  seeds: readonly Seed[],
): readonly Way[] => {
  const seed = seeds.find(({ sha256 }) => sha256 === from?.sha256);
  if (seed === undefined || from === undefined) return [];
  return [
    {
      of,
      name: `delta from ${from.version}`,
      file: file.sha256,
      prepare: async (context) => {
        const delta = await fetchFile(context, file);
        return {
          make: async (sink) => {
            await applyDelta({ source: seed.bytes, delta, sink });
          },
          close: delta.close,
        };
      },
    },
  ];
};

/** A seed that cannot be read is of no use, and no reason to stop. */
const guarded = (seed: Seed): Seed => ({
  ...seed,
  bytes: guardedSource(seed.bytes),
  ...(seed.index === undefined ? {} : { index: guardedSource(seed.index) }),
  ...(seed.verity === undefined ? {} : { verity: guardedSource(seed.verity) }),
});

const guardedSource = (seed: ByteSource): ByteSource => {
  const attempt = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new ReceiverError("TAMPERED", `what the node has cannot be read: ${said}`, { cause });
    }
  };
  const { readInto } = seed;
  return {
    size: seed.size,
    read: (offset, length) => attempt(() => seed.read(offset, length)),
    ...(readInto === undefined
      ? {}
      : {
          readInto: (target: Uint8Array, offset: number) => attempt(() => readInto(target, offset)),
        }),
  };
};

export interface WaysContext extends FetchContext {
  readonly log: (message: string) => void;
}

/** What was tried and why it did not do. */
export interface Attempts {
  readonly failed: string[];
}

/** Fetches what the first way needs; when asked for more, that was of no use, and the next way follows. */
export async function* prepareWays(
  context: WaysContext,
  ways: readonly Way[],
  { failed }: Attempts,
): AsyncGenerator<Prepared, void, void> {
  for (const way of ways) {
    const known = context.journal.unfit(way.file);
    if (known !== undefined) {
      failed.push(known);
      continue;
    }
    let recipe: Recipe;
    try {
      recipe = await way.prepare(context);
    } catch (error) {
      if (!isOfTheWay(error)) throw error;
      failed.push(noteFailure(context, way, error));
      continue;
    }
    try {
      yield { ...recipe, way };
    } finally {
      await recipe.close();
    }
  }
}

/** Says that a way leads elsewhere, now and after every restart. */
export const dismiss = async (
  context: WaysContext,
  way: Way,
  error: unknown,
  { failed }: Attempts,
): Promise<void> => {
  const reason = noteFailure(context, way, error);
  failed.push(reason);
  await context.journal.noteUnfit(way.file, reason);
};

const noteFailure = ({ log }: WaysContext, { of, name }: Way, error: unknown): string => {
  const said = error instanceof Error ? error.message : String(error);
  log(`${of}: no way by ${name}: ${said}`);
  return `${name}: ${said}`;
};

const OF_THE_WAY: ReadonlySet<ReceiverError["code"]> = new Set([
  "TAMPERED",
  "NOT_FOUND",
  "BAD_ANSWER",
  "BAD_METADATA",
]);

/** Whether another way may do better: not where the node itself cannot go on, or no source answers. */
export const isOfTheWay = (error: unknown): boolean => {
  if (error instanceof HostError) return false;
  if (!(error instanceof ReceiverError)) return true;
  return OF_THE_WAY.has(error.code);
};

/** The end of all ways. */
export const noWay = (of: Way["of"], { failed }: Attempts): ReceiverError =>
  new ReceiverError(
    "NO_TRANSPORT",
    failed.length === 0
      ? `the release has nothing from which this node could make its ${of}`
      : `none of the ways to the ${of} leads there: ${failed.join("; ")}`,
    { hint: "publish the release again with all its transports, or update the agent first" },
  );
