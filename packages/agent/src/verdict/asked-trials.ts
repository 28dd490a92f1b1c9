/** Everything that is looked at on this node: what is built in, what image and operator ask for, and files of theirs that are not understood. */
import type { CheckResult } from "@slipway/release";
import { readBaseline } from "../health/baseline.ts";
import { builtInTrials } from "../health/built-in.ts";
import { type AskedHealth, badFileTrial, readHealthFiles } from "../health/health-files.ts";
import type { HealthPorts } from "../health/ports.ts";
import { runTrials } from "../health/run-trials.ts";
import type { Trial } from "../health/trial.ts";
import { trialOf } from "../health/trials.ts";

/** The release's date, to which its own directories are set: seconds since 1970. */
const builtAt = async ({ places }: HealthPorts): Promise<number> =>
  ((await places.at("/usr"))?.changedMs ?? 0) / 1000;

export const askedTrials = async (
  health: HealthPorts,
  asked: AskedHealth,
): Promise<readonly Trial[]> => {
  const built = await builtAt(health);
  return [
    ...builtInTrials(health, asked.builtIn, await readBaseline(health.places)),
    ...asked.badFiles.map(badFileTrial),
    ...asked.checks.map((one) => trialOf(one, health, built)),
  ];
};

/** Longer than the longest time-out of a check, for each of eight at a time that a node could have of them. */
const DEADLINE_MS = 3_600_000;

/** Looks at each once, whatever the boot is; decides nothing. */
export const checkNow = async (
  health: HealthPorts,
  signal?: AbortSignal,
): Promise<readonly CheckResult[]> => {
  const trials = await askedTrials(health, await readHealthFiles(health.places));
  const once = trials.map((trial): Trial => ({ ...trial, level: "wanted", retries: 0 }));
  const results = await runTrials(once, {
    clock: health.clock,
    deadlineMs: health.clock.monotonicMs() + DEADLINE_MS,
    settleMs: 0,
    ...(signal === undefined ? {} : { signal }),
  });
  // As wanted ones none of them ended the others; told as what they are.
  const levels = new Map(trials.map(({ name, level }) => [name, level]));
  return results.map((result) => ({ ...result, level: levels.get(result.name) ?? result.level }));
};
