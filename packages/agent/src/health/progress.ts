/** How far a trial has come. */
import { boundLine, type CheckResult, lastLines } from "@slipway/release";
import type { Seen, Trial } from "./trial.ts";

export interface Progress {
  readonly trial: Trial;
  tries: number;
  failures: number;
  firstMs: number | undefined;
  endedMs: number;
  last: Seen;
  /** `held`: passed, and passed again after the settle time where there is one. `given-up`: has failed for good. */
  standing: "trying" | "passed" | "held" | "given-up";
}

export const begin = (trial: Trial): Progress => ({
  trial,
  tries: 0,
  failures: 0,
  firstMs: undefined,
  endedMs: 0,
  last: { passed: false, seen: "it was not tried" },
  standing: "trying",
});

export const isRequired = ({ trial }: Pick<Progress, "trial">): boolean =>
  trial.level === "required";

/** Notes what a try showed. */
export const afterTry = (
  progress: Progress,
  seen: Seen,
  { beganMs, endedMs }: { readonly beganMs: number; readonly endedMs: number },
): void => {
  const { retries = Infinity } = progress.trial;
  progress.firstMs ??= beganMs;
  progress.endedMs = endedMs;
  progress.tries += 1;
  progress.last = seen;
  if (!seen.passed) progress.failures += 1;
  progress.standing = seen.passed ? "passed" : progress.failures > retries ? "given-up" : "trying";
};

const outcomeOf = (progress: Progress): CheckResult["outcome"] => {
  if (progress.standing === "given-up") return "failed";
  if (progress.standing === "held") return "passed";
  // What is only wanted need not last.
  if (progress.standing === "passed" && !isRequired(progress)) return "passed";
  return "unfinished";
};

const seenOf = ({ last, standing, trial }: Progress): string =>
  standing === "passed" && trial.level === "required"
    ? `${last.seen}, but whether that lasts was not to be seen`
    : last.seen;

const resultOf = (progress: Progress): CheckResult => {
  const { trial, tries, firstMs, endedMs, last } = progress;
  return {
    name: boundLine(trial.name),
    level: trial.level,
    outcome: outcomeOf(progress),
    tries,
    milliseconds: firstMs === undefined ? 0 : Math.round(endedMs - firstMs),
    seen: boundLine(seenOf(progress)),
    output: last.passed || last.output === undefined ? [] : lastLines(last.output),
  };
};

const OUTCOMES: readonly CheckResult["outcome"][] = ["failed", "unfinished", "passed"];

/** Required ones first; within a level what failed, what was not finished, what passed; then as they were given. */
export const byImportance = (a: CheckResult, b: CheckResult): number =>
  Number(a.level === "wanted") - Number(b.level === "wanted") ||
  OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome);

export const resultsOf = (all: readonly Progress[]): readonly CheckResult[] =>
  all.map(resultOf).toSorted(byImportance);
