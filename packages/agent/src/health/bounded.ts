/** Bounds of time and number for work that may never end by itself. */
import type { Clock } from "@slipway/host";

export interface Gate {
  readonly enter: () => Promise<void>;
  readonly leave: () => void;
}

/** Lets so many in at a time, in the order in which they came. */
export const makeGate = (places: number): Gate => {
  let free = places;
  const queue: (() => void)[] = [];
  return {
    enter: async () => {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => queue.push(resolve));
    },
    leave: () => {
      const next = queue.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
};

interface Bound {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Ends after a time, or when the signal says so; which of the two, the caller asks the signal. */
export const pause = async (ms: number, { clock, signal }: Bound): Promise<void> => {
  try {
    await clock.sleep(ms, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

/** What the work gave; nothing when the time was up or the signal came before. Either way the signal of the work tells it to end. */
export const within = async <T>(
  ms: number,
  { clock, signal }: Bound,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> => {
  const ending = new AbortController();
  const end = (): void => ending.abort(new Error("the time is up"));
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  try {
    const timer = pause(ms, { clock, signal: ending.signal }).then(() => undefined);
    return await Promise.race([work(ending.signal), timer]);
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
};
