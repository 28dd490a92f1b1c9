/** The ways in which an artifact can be had, the cheapest first; each falls back to the next. */
import { HostError } from "@slipway/host";
import {
  applyDelta,
  type ByteSink,
  type ByteSource,
  type ReleaseManifest,
  type Transport,
} from "@slipway/release";
import { ReceiverError } from "../errors.ts";
import { type FetchContext, fetchFile } from "./fetched-file.ts";

/** An image that the node has. What is in it is not relied on: a hash decides in the end. */
export interface Seed {
  readonly of: Transport["of"];
  /** Of the artifact as its release's manifest gives it. */
  readonly sha256: string;
  /** At least as large as the artifact, as a slot is. */
  readonly bytes: ByteSource;
}

/** One way to make an artifact. */
export interface Way {
  readonly of: Transport["of"];
  /** For people: `delta from 1.4`. */
  readonly name: string;
  /** What is fetched at most. */
  readonly bytes: number;
  /** The file by which the way is remembered when it leads nowhere. */
  readonly file: string;
  /** Fetches what the way needs. */
  readonly prepare: (context: FetchContext) => Promise<Recipe>;
}

/** A way of which everything is at hand. */
export interface Recipe {
  /** Makes the artifact from its first byte to its last. */
  readonly make: (sink: ByteSink) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A recipe, and what it is. */
export interface Prepared extends Recipe {
  readonly way: Way;
}

export const waysTo = (
  manifest: ReleaseManifest,
  of: Transport["of"],
  seeds: readonly Seed[],
): readonly Way[] =>
  manifest.transports
    .filter((transport) => transport.of === of)
    .flatMap((transport) =>
      wayBy(
        transport,
        seeds.filter((seed) => seed.of === of),
      ),
    )
    .toSorted((a, b) => a.bytes - b.bytes);

/** None for a format that a later agent knows, and for a delta from what the node does not have. */
const wayBy = (transport: Transport, seeds: readonly Seed[]): readonly Way[] => {
  switch (transport.format) {
    case "delta-1":
      return deltaWay(transport, seeds);
    default:
      return [];
  }
};

const deltaWay = ({ of, from, file }: Transport, seeds: readonly Seed[]): readonly Way[] => {
  const seed = seeds.find(({ sha256 }) => sha256 === from?.sha256);
  if (seed === undefined || from === undefined) return [];
  return [
    {
      of,
      name: `delta from ${from.version}`,
      bytes: file.size,
      file: file.sha256,
      prepare: async (context) => {
        const delta = await fetchFile(context, file);
        return {
          make: async (sink) => {
            await applyDelta({ source: trusted(seed.bytes), delta, sink });
          },
          close: delta.close,
        };
      },
    },
  ];
};

/** A seed that cannot be read is of no use, and no reason to stop. */
const trusted = (seed: ByteSource): ByteSource => {
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
      failed.push(`${way.name}: ${known}`);
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

/** Whether another way may do better: not where the node itself cannot go on, or no source answers. */
export const isOfTheWay = (error: unknown): boolean => {
  if (error instanceof HostError) return false;
  if (!(error instanceof ReceiverError)) return true;
  return error.code === "TAMPERED" || error.code === "NOT_FOUND" || error.code === "BAD_ANSWER";
};

/** The end of all ways. */
export const noWay = (of: Transport["of"], { failed }: Attempts): ReceiverError =>
  new ReceiverError(
    "NO_TRANSPORT",
    failed.length === 0
      ? `the release has nothing from which this node could make its ${of}`
      : `none of the ways to the ${of} leads there: ${failed.join("; ")}`,
    { hint: "publish the release again with all its transports, or update the agent first" },
  );
