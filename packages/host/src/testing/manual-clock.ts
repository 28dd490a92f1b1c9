import type { Clock } from "../clock.ts";

export interface ManualClock extends Clock {
  /** Moves the time and wakes the sleepers whose time has come, in order. */
  advance(ms: number): void;
}

/** A clock that stands still until it is advanced. */
export const manualClock = (start: Date = new Date("2026-01-01T00:00:00Z")): ManualClock => {
  let elapsed = 0;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => new Date(start.getTime() + elapsed),
    monotonicMs: () => elapsed,
    sleep: (ms, signal) =>
      new Promise<void>((resolve, reject) => {
        if (signal?.aborted === true) return reject(toError(signal.reason));
        signal?.addEventListener("abort", () => reject(toError(signal.reason)), { once: true });
        sleepers.push({ at: elapsed + ms, wake: resolve });
      }),
    advance: (ms) => {
      elapsed += ms;
      const due = sleepers.filter((s) => s.at <= elapsed).toSorted((a, b) => a.at - b.at);
      sleepers = sleepers.filter((s) => s.at > elapsed);
      for (const sleeper of due) sleeper.wake();
    },
  };
};

/** A clock whose time passes by being waited for. */
export const hastyClock = (): Clock => {
  const clock = manualClock();
  return { ...clock, sleep: async (ms) => clock.advance(ms) };
};

const toError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new Error(String(reason));
