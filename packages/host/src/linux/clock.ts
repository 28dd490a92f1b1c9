import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../clock.ts";

export const linuxClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal === undefined ? {} : { signal }),
};
