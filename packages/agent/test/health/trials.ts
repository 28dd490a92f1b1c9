/** Trials that do as they are told, and time that passes while somebody waits. */
import { setImmediate } from "node:timers/promises";
import type { ManualClock } from "@slipway/host/testing";
import type { Seen, Trial } from "../../src/health/trial.ts";

export const PASSED: Seen = { passed: true, seen: "well" };
export const FAILED: Seen = { passed: false, seen: "ill", output: "first\nlast" };

/** Shows one after the other, and the last one for ever. */
export const showing = (...shown: readonly Seen[]): Trial["look"] => {
  let at = 0;
  return async () => {
    const seen = shown[Math.min(at, shown.length - 1)] ?? FAILED;
    at += 1;
    return seen;
  };
};

export const aTrial = (fields: Partial<Trial> = {}): Trial => ({
  name: "a",
  level: "required",
  timeoutSeconds: 10,
  intervalSeconds: 5,
  look: showing(PASSED),
  ...fields,
});

/** Lets the time pass in steps until the work is done; `rest` comes between them, and is as long as what is real in the work needs. */
export const whileTimePasses = async <T>(
  work: Promise<T>,
  clock: ManualClock,
  {
    stepMs = 250,
    rest = () => setImmediate(),
  }: { stepMs?: number; rest?: () => Promise<unknown> } = {},
): Promise<T> => {
  let isDone = false;
  const watched = work.finally(() => {
    isDone = true;
  });
  for (;;) {
    await rest();
    if (isDone) return watched;
    clock.advance(stepMs);
  }
};
