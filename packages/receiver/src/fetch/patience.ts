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
  limits: Patience,
  clock: Clock,
): AsyncGenerator<Uint8Array, void, void> {
  const giveUp = new AbortController();
  const signal =
    request.signal === undefined ? giveUp.signal : AbortSignal.any([request.signal, giveUp.signal]);
  const chunks = source.fetch({ ...request, signal })[Symbol.asyncIterator]();
  const watch = new Watch(limits, clock);
  const tooLong = watch.untilTooLong();
  let isOver = false;
  try {
    for (;;) {
      watch.begin();
      const pending = chunks.next();
      // Left behind or not, it may still fail.
      pending.catch(() => undefined);
      const next = await Promise.race([pending, tooLong]);
      watch.end();
      if (typeof next === "string") {
        throw new ReceiverError("TOO_SLOW", `${source.name} is too slow: ${next}`, {
          source: source.name,
        });
      }
      isOver = next.done === true;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    watch.stop();
    if (!isOver) {
      giveUp.abort();
      chunks.return?.().catch(() => undefined);
    }
  }
}

/** Measures waiting: what is done between two waits does not count. */
class Watch {
  readonly #limits: Patience;
  readonly #clock: Clock;
  readonly #stopped = new AbortController();
  #since: number | undefined;
  #waitedMs = 0;

  constructor(limits: Patience, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  begin(): void {
    this.#since = this.#clock.monotonicMs();
  }

  end(): void {
    this.#waitedMs += this.#lastWaitMs();
    this.#since = undefined;
  }

  stop(): void {
    this.#stopped.abort();
  }

  /** Says what took too long, once something does; never after `stop`. */
  async untilTooLong(): Promise<string> {
    const { idleMs, totalMs } = this.#limits;
    for (;;) {
      const wait = this.#lastWaitMs();
      const [idleLeft, totalLeft] = [idleMs - wait, totalMs - this.#waitedMs - wait];
      if (idleLeft <= 0) return `silent for ${idleMs / 1000} s`;
      if (totalLeft <= 0) return `one request took ${totalMs / 1000} s`;
      try {
        await this.#clock.sleep(Math.min(idleLeft, totalLeft), this.#stopped.signal);
      } catch {
        return new Promise(() => undefined);
      }
    }
  }

  #lastWaitMs(): number {
    return this.#since === undefined ? 0 : this.#clock.monotonicMs() - this.#since;
  }
}
