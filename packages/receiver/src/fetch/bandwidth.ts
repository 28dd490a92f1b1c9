import type { Clock } from "@slipway/host";

/** Waits until so many more bytes may have come. */
export type Throttle = (bytes: number, signal?: AbortSignal) => Promise<void>;

/** How much unused time counts later. */
const BURST_MS = 100;

/** At most so many bytes a second, over all who share it. */
export const throttle = (bytesPerSecond: number, clock: Clock): Throttle => {
  let paidUntil = clock.monotonicMs();
  return async (bytes, signal) => {
    const now = clock.monotonicMs();
    paidUntil = Math.max(paidUntil, now - BURST_MS) + (bytes / bytesPerSecond) * 1000;
    if (paidUntil > now) await clock.sleep(paidUntil - now, signal);
  };
};
