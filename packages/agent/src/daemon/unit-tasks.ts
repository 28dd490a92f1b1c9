/**
 * The machine's tasks, as the daemon has them done: by short-lived helper units, which have root's devices and mounts while it has neither,
 * and which give back their memory when they end.
 */
import type { CheckOutcome, Failed, LeaseOutcome, Outcome, Tasks } from "../engine/ports.ts";
import type { Blocker } from "../machine/event.ts";
import type { Systemd } from "./systemd.ts";
import type { TaskAnswer, TaskFiles, UnitEffect } from "./task-files.ts";

/** What needs neither devices nor mounts, but memory: a child of the daemon, in its own sandbox. */
export type Child = "check" | "lease";
/** The others are units. */
export type Helper = Child | "stage" | "finalize" | "rollback";

const HELPERS: Readonly<Record<UnitEffect["kind"], Helper>> = {
  check: "check",
  preflight: "stage",
  stage: "stage",
  discard: "stage",
  finalize: "finalize",
  rollback: "rollback",
  "take-lease": "lease",
  "return-lease": "lease",
};

const isChild = (helper: Helper): helper is Child => helper === "check" || helper === "lease";

/** Which helper does an effect. */
export const helperOf = ({ kind }: UnitEffect): Helper => HELPERS[kind];

export interface UnitTaskPorts {
  readonly files: TaskFiles;
  readonly systemd: Pick<Systemd, "start" | "stop" | "reboot">;
  /** Whether the settings name a repository: without one there is nothing to look at, and nobody to blame. */
  readonly hasRepository: () => Promise<boolean>;
  /** Runs a helper in a process of its own that has what the daemon has. */
  readonly runChild: (helper: Child, signal: AbortSignal) => Promise<void>;
  /** A fresh id, of 32 hexadecimal digits. */
  readonly newId: () => string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export const unitOf = (helper: Exclude<Helper, Child>): string => `slipway-task@${helper}.service`;

/** Somewhat more than the unit's own limit, which ends it in good order. */
const LONGEST_MS: number = (2 * 3600 + 300) * 1000;

const unanswered = (helper: Helper, reason: string): Failed => ({
  kind: "failed",
  code: "UNFINISHED",
  message: `${helper} ended without an answer: ${reason}`,
  hint: isChild(helper)
    ? "see `journalctl --unit slipway-agent`"
    : `see \`journalctl --unit ${unitOf(helper)}\``,
});

/** Runs the helper of an effect and reads its answer; one that has another id is of a run that was cut off. */
const runHelper = async (
  { files, systemd, runChild, newId, signal }: UnitTaskPorts,
  effect: UnitEffect,
): Promise<TaskAnswer["outcome"]> => {
  const helper = helperOf(effect);
  const id = newId();
  // One that a former daemon left running would answer for this one, or write the same slot beside it.
  if (!isChild(helper)) await systemd.stop(unitOf(helper));
  await files.giveOrder({ id, effect });
  let reason = "its result is not there";
  try {
    if (isChild(helper)) await runChild(helper, signal);
    else await systemd.start(unitOf(helper), { timeoutMs: LONGEST_MS, signal });
  } catch (error) {
    // It may have answered all the same: a task that fails says why, and ends with a status that says so too.
    reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    if (signal.aborted && !isChild(helper)) await systemd.stop(unitOf(helper));
  }
  const answer = await files.answer();
  return answer?.id === id ? answer.outcome : unanswered(helper, reason);
};

const withoutOffer = (outcome: TaskAnswer["outcome"], helper: Helper): Outcome | LeaseOutcome =>
  outcome.kind === "done" || outcome.kind === "failed"
    ? outcome
    : unanswered(helper, "its result is one of another task");

const withOffer = (outcome: TaskAnswer["outcome"]): CheckOutcome =>
  outcome.kind === "done" ? unanswered("check", "its result is one of another task") : outcome;

const NO_REPOSITORY: Blocker = {
  code: "NO_REPOSITORY",
  message: "no repository is set, so this node looks for no releases",
  hint: "set `repository` in a file of /etc/slipway/agent.d, or under image.update when the image is built",
};

export const unitTasks = (ports: UnitTaskPorts): Tasks => {
  const run = async (effect: Exclude<UnitEffect, { readonly kind: "check" }>): Promise<Outcome> =>
    withoutOffer(await runHelper(ports, effect), helperOf(effect));
  return {
    check: async (effect) =>
      effect.request.from === undefined && !(await ports.hasRepository())
        ? { kind: "none", blocker: NO_REPOSITORY }
        : withOffer(await runHelper(ports, effect)),
    preflight: run,
    stage: run,
    discard: run,
    finalize: run,
    rollback: run,
    lease: async (effect) => withoutOffer(await runHelper(ports, effect), "lease"),
    reboot: async ({ reason }) => {
      ports.log(`rebooting: ${reason}`);
      await ports.systemd.reboot();
      return { kind: "done" };
    },
  };
};
