import type { Clock } from "@slipway/host";
import type { Transport } from "@slipway/release";

/** How far staging is. */
export interface StageProgress {
  readonly of: Transport["of"];
  readonly phase: "fetch" | "write" | "verify";
  /** In bytes of this phase. */
  readonly done: number;
  readonly total: number;
  /** Of late; 0 before anything is known. */
  readonly bytesPerSecond: number;
  /** Until the end of this phase; undefined before anything is known. */
  readonly secondsLeft: number | undefined;
}

/** No more often than this, but for the end of a phase. */
const EVERY_MS = 250;
/** How much the newest measurement counts. */
const WEIGHT = 0.3;

export type Report = (done: number, total: number) => void;

/** Told of bytes as they come; tells of them at a human pace. */
export const reporter = (
  clock: Clock,
  tell: (progress: StageProgress) => void,
  { of, phase }: Pick<StageProgress, "of" | "phase">,
): Report => {
  let last: { readonly at: number; readonly done: number } | undefined;
  let rate = 0;
  return (done, total) => {
    const at = clock.monotonicMs();
    const elapsed = at - (last?.at ?? at);
    if (last !== undefined && elapsed < EVERY_MS && done < total) return;
    if (last !== undefined && elapsed > 0) {
      const now = ((done - last.done) / elapsed) * 1000;
      rate = rate === 0 ? now : rate + WEIGHT * (now - rate);
    }
    last = { at, done };
    const secondsLeft = rate > 0 ? (total - done) / rate : undefined;
    tell({ of, phase, done, total, bytesPerSecond: rate, secondsLeft });
  };
};
