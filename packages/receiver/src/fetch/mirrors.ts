/** Several copies of a repository as one: where one fails, the next goes on from the byte at which it did. */
import type { Clock } from "@slipway/host";
import { ReceiverError } from "../errors.ts";
import { throttle, type Throttle } from "./bandwidth.ts";
import { patiently, type Patience } from "./patience.ts";
import type { FetchRequest, RepositorySource } from "./source.ts";

export interface FetchLimits extends Patience {
  /** Of all downloads together, from 16 384 on; default: no limit. */
  readonly bytesPerSecond?: number;
  /** How often in a row a request may fail, over all sources, with next to nothing fetched in between. */
  readonly mostFailures: number;
  /** How long a source that failed is left alone, doubled with each further failure up to `mostBackOffMs`; a random half more or less. */
  readonly backOffMs: number;
  readonly mostBackOffMs: number;
}

export const DEFAULT_FETCH_LIMITS: FetchLimits = {
  idleMs: 30_000,
  totalMs: 900_000,
  mostFailures: 12,
  backOffMs: 500,
  mostBackOffMs: 30_000,
};

export interface MirrorsOptions {
  readonly limits: FetchLimits;
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** Told of each source's first error. */
  readonly log: (message: string) => void;
}

/** Bytes, and who gave them. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly source: string;
}

export interface Mirrors extends RepositorySource {
  /** As `fetch`, with the source of each piece; sources in `avoid` are asked last. */
  readonly fetchPieces: (
    request: FetchRequest,
    avoid?: ReadonlySet<string>,
  ) => AsyncIterable<Piece>;
  /** Says that what a source gave was wrong. It is logged, and the source left alone for a while. */
  readonly report: (source: string, error: ReceiverError) => void;
}

/** So many bytes between two failures are progress. */
const PROGRESS_BYTES = 64 * 1024;
const LEAST_BYTES_PER_SECOND = 16 * 1024;

/** Sources in the order in which they are preferred. Throws a RangeError for none, and for a limit that is too low. */
export const mirrors = (sources: readonly RepositorySource[], options: MirrorsOptions): Mirrors => {
  const { limits, clock } = options;
  const { bytesPerSecond } = limits;
  if (sources.length === 0) throw new RangeError("no source to fetch from");
  if (bytesPerSecond !== undefined && !(bytesPerSecond >= LEAST_BYTES_PER_SECOND)) {
    throw new RangeError(
      `a limit of ${bytesPerSecond} bytes a second; at least ${LEAST_BYTES_PER_SECOND}`,
    );
  }
  const context: Context = {
    ...options,
    throttle:
      bytesPerSecond === undefined ? async () => undefined : throttle(bytesPerSecond, clock),
    states: sources.map((source) => ({
      source,
      failures: 0,
      notBefore: -Infinity,
      isLogged: false,
    })),
  };
  const fetchPieces: Mirrors["fetchPieces"] = (request, avoid = new Set()) =>
    request.range === undefined
      ? fetchWhole(context, request, avoid)
      : fetchRange(context, { ...request, range: request.range }, avoid);
  return {
    name: sources.map(({ name }) => name).join(", "),
    fetchPieces,
    fetch: (request) => bytesIn(fetchPieces(request)),
    report: (name, error) => {
      const state = context.states.find(({ source }) => source.name === name);
      options.log(`${error.code}: ${error.message}`);
      if (state !== undefined) leaveAlone(context, state);
    },
  };
};

async function* bytesIn(pieces: AsyncIterable<Piece>): AsyncGenerator<Uint8Array, void, void> {
  for await (const { bytes } of pieces) yield bytes;
}

interface SourceState {
  readonly source: RepositorySource;
  failures: number;
  /** On the clock's monotonic scale. */
  notBefore: number;
  isLogged: boolean;
}

interface Context extends MirrorsOptions {
  readonly throttle: Throttle;
  readonly states: readonly SourceState[];
}

/** One request's way through the sources. */
interface Search {
  readonly avoid: ReadonlySet<string>;
  /** Those that do not have the file. */
  readonly without: Set<SourceState>;
  failures: number;
  last: ReceiverError | undefined;
}

async function* fetchRange(
  context: Context,
  request: FetchRequest & { readonly range: NonNullable<FetchRequest["range"]> },
  avoid: ReadonlySet<string>,
): AsyncGenerator<Piece, void, void> {
  const { offset, length } = request.range;
  const search: Search = { avoid, without: new Set(), failures: 0, last: undefined };
  for (let done = 0; done < length;) {
    const state = await nextSource(context, search, request.signal);
    const begin = done;
    try {
      const rest = { ...request, range: { offset: offset + done, length: length - done } };
      for await (const bytes of patiently(state.source, rest, context.limits, context.clock)) {
        done += bytes.length;
        await context.throttle(bytes.length, request.signal);
        yield { bytes, source: state.source.name };
      }
      if (done < length) throw new ReceiverError("BAD_ANSWER", `${state.source.name} stops early`);
      state.failures = 0;
    } catch (error) {
      if (done - begin >= PROGRESS_BYTES) search.failures = 0;
      noteFailedAttempt(context, search, state, error, request.signal);
    }
  }
}

/** A file whose length nobody has signed yet comes from one source whole: two could have two of them. */
async function* fetchWhole(
  context: Context,
  request: FetchRequest,
  avoid: ReadonlySet<string>,
): AsyncGenerator<Piece, void, void> {
  const search: Search = { avoid, without: new Set(), failures: 0, last: undefined };
  for (;;) {
    const state = await nextSource(context, search, request.signal);
    const pieces: Uint8Array[] = [];
    try {
      for await (const bytes of patiently(state.source, request, context.limits, context.clock)) {
        await context.throttle(bytes.length, request.signal);
        pieces.push(bytes);
      }
    } catch (error) {
      noteFailedAttempt(context, search, state, error, request.signal);
      continue;
    }
    state.failures = 0;
    for (const bytes of pieces) yield { bytes, source: state.source.name };
    return;
  }
}

/** The first source that may be asked now, in order of preference; waits for one where all failed of late. */
const nextSource = async (
  { states, clock, limits }: Context,
  { avoid, without, failures, last }: Search,
  signal: AbortSignal | undefined,
): Promise<SourceState> => {
  const left = states.filter((state) => !without.has(state));
  if (last !== undefined && (left.length === 0 || failures >= limits.mostFailures)) throw last;
  const now = clock.monotonicMs();
  const ready = left.filter(({ notBefore }) => notBefore <= now);
  const best = ready.find(({ source }) => !avoid.has(source.name)) ?? ready[0];
  if (best !== undefined) return best;
  const first = left.reduce((a, b) => (b.notBefore < a.notBefore ? b : a));
  await sleepUnlessAborted(clock, first.notBefore - now, signal);
  return first;
};

const sleepUnlessAborted = async (
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> => {
  try {
    await clock.sleep(ms, signal);
  } catch (cause) {
    throw new ReceiverError("ABORTED", "fetching was given up", { cause });
  }
};

const noteFailedAttempt = (
  context: Context,
  search: Search,
  state: SourceState,
  error: unknown,
  signal: AbortSignal | undefined,
): void => {
  if (signal?.aborted === true) {
    throw new ReceiverError("ABORTED", "fetching was given up", { cause: error });
  }
  if (!(error instanceof ReceiverError)) throw error;
  if (error.code === "NOT_FOUND") search.without.add(state);
  else noteFailure(context, state, error);
  search.failures += 1;
  search.last = error;
};

const noteFailure = (context: Context, state: SourceState, error: ReceiverError): void => {
  leaveAlone(context, state);
  if (state.isLogged) return;
  state.isLogged = true;
  context.log(`${error.code}: ${error.message}`);
};

const leaveAlone = ({ limits, clock, random }: Context, state: SourceState): void => {
  const delay = Math.min(limits.mostBackOffMs, limits.backOffMs * 2 ** state.failures);
  state.failures = Math.min(state.failures + 1, 30);
  state.notBefore = clock.monotonicMs() + delay * (0.5 + random());
};
