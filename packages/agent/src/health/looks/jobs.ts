/** What systemd still has to do. */
import type { Exec } from "@slipway/host";
import type { Seen } from "../trial.ts";
import { namesOf, showUnits } from "./units.ts";

/** One line of `systemctl list-jobs`. */
export interface Job {
  readonly id: string;
  readonly unit: string;
}

export const parseJobs = (text: string): readonly Job[] =>
  text.split("\n").flatMap((line): readonly Job[] => {
    const [, id, unit] = /^\s*(\d{1,10})\s+(\S+)\s+\S+\s+\S+\s*$/.exec(line) ?? [];
    return id === undefined || unit === undefined ? [] : [{ id, unit }];
  });

/** They wait for the verdict, so that it cannot wait for them; or they have all the time in the world. */
export const NOT_WAITED_FOR: ReadonlySet<string> = new Set([
  "boot-complete.target",
  "slipway-agent.service",
  "slipway-agent.socket",
  "slipway-came-up.service",
  "slipway-hook@post-boot.service",
  "slipway-loader.service",
  "slipway-reset-clean.service",
  "slipway-verdict.service",
  "systemd-bless-boot.service",
]);

/** Those that no timer, path or socket has started: they may take as long as they like. */
const ofTheBoot = async (
  exec: Exec,
  jobs: readonly Job[],
  signal: AbortSignal,
): Promise<readonly Job[]> => {
  if (jobs.length === 0) return [];
  const shown = await showUnits(
    exec,
    jobs.map(({ unit }) => unit),
    { properties: ["TriggeredBy"], signal },
  );
  return jobs.filter((_, index) => (shown[index]?.get("TriggeredBy") ?? "") === "");
};

/**
 * Whether what was queued when it was first looked at has been done. Not whether the queue is empty: on a busy node there may always be
 * something in it.
 */
export const lookAtJobs = (exec: Exec): ((signal: AbortSignal) => Promise<Seen>) => {
  let first: ReadonlySet<string> | undefined;
  return async (signal) => {
    const { stdout } = await exec.run(
      {
        argv: ["systemctl", "list-jobs", "--no-legend", "--plain", "--full"],
        purpose: "asking systemd for its jobs",
      },
      { signal },
    );
    const queued = parseJobs(stdout).filter(({ unit }) => !NOT_WAITED_FOR.has(unit));
    first ??= new Set(queued.map(({ id }) => id));
    const left = await ofTheBoot(
      exec,
      queued.filter(({ id }) => first?.has(id)),
      signal,
    );
    return left.length === 0
      ? { passed: true, seen: "nothing that the boot began is left to do" }
      : { passed: false, seen: `still to be done: ${namesOf(left.map(({ unit }) => unit))}` };
  };
};
