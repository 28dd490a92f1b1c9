/**
 * Trying everything until it works, or until it is clear that it will not. All at once, but no more than a few at a time; each again and again
 * with a pause, up to its own bound and the deadline of all.
 */
import type { Clock } from "@slipway/host";
import type { CheckResult } from "@slipway/release";
import { type Gate, makeGate, pause, within } from "./bounded.ts";
import { afterTry, begin, isRequired, type Progress, resultsOf } from "./progress.ts";
import type { Seen, Trial } from "./trial.ts";

/** How many looks are under way at the same time. */
const MOST_AT_ONCE = 8;

export interface RunOptions {
  readonly clock: Clock;
  /** On the monotonic clock. A try that has begun ends by then; everything is tried once even after it. */
  readonly deadlineMs: number;
  /** All required trials must pass, and so long afterwards once more. */
  readonly settleMs: number;
  /** Somebody else has decided: end. */
  readonly signal?: AbortSignal;
}

/** One run over all trials. */
interface Run {
  readonly clock: Clock;
  readonly gate: Gate;
  /** It has been decided: what still goes on ends. */
  readonly signal: AbortSignal;
  readonly decide: () => void;
  readonly leftMs: () => number;
}

const failedBy = (error: unknown): Seen => {
  const message = error instanceof Error ? error.message : String(error);
  const [seen = "", ...more] = message.split("\n");
  return { passed: false, seen, output: more.join("\n") };
};

const tryOnce = async (progress: Progress, run: Run): Promise<void> => {
  const { clock, signal, gate } = run;
  await gate.enter();
  try {
    if (signal.aborted) return;
    const { trial, tries } = progress;
    const beganMs = clock.monotonicMs();
    const timeoutMs = trial.timeoutSeconds * 1000;
    // A first try has its time even where the boot took all there was: nothing is judged that was never looked at.
    const patienceMs = tries === 0 ? timeoutMs : Math.max(0, Math.min(timeoutMs, run.leftMs()));
    const seen = await within(patienceMs, { clock, signal }, (ending) =>
      trial.look(ending).catch(failedBy),
    );
    // Ended from outside it has shown nothing.
    if (signal.aborted && seen?.passed !== true) return;
    const late = `no answer within ${Math.round(patienceMs / 100) / 10} s`;
    afterTry(progress, seen ?? { passed: false, seen: late }, {
      beganMs,
      endedMs: clock.monotonicMs(),
    });
  } finally {
    gate.leave();
  }
};

const tryUntilItPasses = async (progress: Progress, run: Run): Promise<void> => {
  while (progress.standing === "trying" && !run.signal.aborted) {
    if (progress.tries > 0) {
      const pauseMs = progress.trial.intervalSeconds * 1000;
      if (pauseMs >= run.leftMs()) progress.standing = "given-up";
      else await pause(pauseMs, run);
      if (progress.standing !== "trying" || run.signal.aborted) break;
    }
    await tryOnce(progress, run);
  }
  // A required one that has no more tries decides for all.
  if (progress.standing === "given-up" && isRequired(progress)) run.decide();
};

/** Ends when every required trial has passed, and passed again after the settle time; or when one of them never will. */
const passAndHold = async (
  required: readonly Progress[],
  settleMs: number,
  run: Run,
): Promise<void> => {
  const allPassed = (): boolean => required.every(({ standing }) => standing === "passed");
  for (;;) {
    await Promise.all(required.map((one) => tryUntilItPasses(one, run)));
    if (!allPassed() || run.signal.aborted) return;
    if (settleMs > 0) {
      if (settleMs >= run.leftMs()) return;
      await pause(settleMs, run);
      await Promise.all(required.map((one) => tryOnce(one, run)));
      if (run.signal.aborted) return;
      if (!allPassed()) continue;
    }
    for (const one of required) one.standing = "held";
    return;
  }
};

/**
 * Runs every trial and answers how each ended: required ones first. `passed` has only what lasted over the settle time. It ends at the first
 * required trial that fails for good; wanted ones do not make it last longer than their first try takes.
 */
export const runTrials = async (
  trials: readonly Trial[],
  { clock, deadlineMs, settleMs, signal }: RunOptions,
): Promise<readonly CheckResult[]> => {
  const decided = new AbortController();
  const decide = (): void => decided.abort(new Error("it has been decided"));
  if (signal?.aborted === true) decide();
  signal?.addEventListener("abort", decide, { once: true });
  const run: Run = {
    clock,
    gate: makeGate(MOST_AT_ONCE),
    signal: decided.signal,
    decide,
    leftMs: () => deadlineMs - clock.monotonicMs(),
  };
  const all = trials.map(begin);
  const required = all.filter(isRequired);
  const wanted = all.filter((one) => !isRequired(one));

  const holding = passAndHold(required, settleMs, run);
  const firstTries = wanted.map((one) => tryOnce(one, run));
  const others = wanted.map(async (one, index) => {
    await firstTries[index];
    await tryUntilItPasses(one, run);
  });
  await holding;
  if (required.every(({ standing }) => standing === "held")) await Promise.all(firstTries);
  decide();
  await Promise.all(others);
  signal?.removeEventListener("abort", decide);
  return resultsOf(all);
};
