/** Waiting for a source, and giving it up. */
import type { Clock } from "@slipway/host";
import { ReceiverError } from "../errors.ts";
import type { FetchRequest, RepositorySource } from "./source.ts";

export interface Patience {
  /** Milliseconds without a byte before a source is given up. */
  readonly idleMs: number;
  /** Milliseconds for one request, in which only waiting for the source counts. */
  readonly totalMs: number;
}

/** The source's bytes, or `TOO_SLOW`; a source that does not heed its signal is left behind. */
export async function* patiently(
  source: RepositorySource,
  request: FetchRequest,
  { idleMs, totalMs }: Patience,
  clock: Clock,
): AsyncGenerator<Uint8Array, void, void> {
  const giveUp = new AbortController();
  const signal =
    request.signal === undefined ? giveUp.signal : AbortSignal.any([request.signal, giveUp.signal]);
  const chunks = source.fetch({ ...request, signal })[Symbol.asyncIterator]();
  let waitedMs = 0;
  let isOver = false;
  try {
    for (;;) {
      const most = Math.min(idleMs, totalMs - waitedMs);
      const begin = clock.monotonicMs();
      const next = await within(chunks.next(), most, clock);
      waitedMs += clock.monotonicMs() - begin;
      if (next === undefined) {
        throw new ReceiverError(
          "TOO_SLOW",
          `${source.name} is too slow: ${most === idleMs ? "silent for" : "one request took"} ${(most === idleMs ? idleMs : totalMs) / 1000} s`,
          { source: source.name },
        );
      }
      isOver = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    if (!isOver) {
      giveUp.abort();
      chunks.return?.().catch(() => undefined);
    }
  }
}

/** What the promise gives; undefined when that takes longer. */
const within = async <T>(promise: Promise<T>, ms: number, clock: Clock): Promise<T | undefined> => {
  const enough = new AbortController();
  // Given up or not, it may still fail.
  promise.catch(() => undefined);
  const timeOut = clock.sleep(Math.max(0, ms), enough.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([promise, timeOut]);
  } finally {
    enough.abort();
  }
};
