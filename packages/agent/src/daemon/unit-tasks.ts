/**
 * The machine's tasks, as the daemon has them done: by short-lived helper units, which have root's devices and mounts while it has neither,
 * and which give back their memory when they end.
 */
import type { CheckOutcome, Failed, LeaseOutcome, Outcome, Tasks } from "../engine/ports.ts";
import { type AskedPoint, ASKED_POINTS, LONGEST_POINT_MS } from "../hooks/point.ts";
import type { Blocker } from "../machine/event.ts";
import type { Systemd } from "./systemd.ts";
import type { TaskAnswer, TaskFiles, UnitEffect } from "./task-files.ts";

/** What needs neither devices nor mounts, but memory: a child of the daemon, in its own sandbox. */
export type Child = "check" | "lease";
/** Beside hooks by their points: what reaches the terminals of those who are logged in. None of them is in a sandbox. */
type HookHelper = AskedPoint | "sessions";
const HOOK_HELPERS: ReadonlySet<string> = new Set<HookHelper>([...ASKED_POINTS, "sessions"]);

/** All but children are units. */
export type Helper = Child | "stage" | "finalize" | "rollback" | HookHelper;

const HELPERS: Readonly<Record<Exclude<UnitEffect["kind"], "hooks">, Helper>> = {
  check: "check",
  sessions: "sessions",
  warn: "sessions",
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
export const helperOf = (effect: UnitEffect): Helper =>
  effect.kind === "hooks" ? effect.point : HELPERS[effect.kind];

interface HelperPorts {
  readonly files: TaskFiles;
  readonly systemd: Pick<Systemd, "start" | "stop">;
  /** Whether anything is there that may be a hook of this point. Never rejects. */
  readonly hasHooks: (point: AskedPoint) => Promise<boolean>;
  /** Runs a helper in a process of its own that has what the daemon has. */
  readonly runChild: (helper: Child, signal: AbortSignal) => Promise<void>;
  /** A fresh id, of 32 hexadecimal digits. */
  readonly newId: () => string;
  readonly signal: AbortSignal;
}

export interface UnitTaskPorts extends HelperPorts {
  readonly systemd: Pick<Systemd, "start" | "stop" | "reboot">;
  /** Whether the settings name a repository: without one there is nothing to look at, and nobody to blame. */
  readonly hasRepository: () => Promise<boolean>;
  readonly log: (line: string) => void;
}

/** Those whose end lets whoever waits for them go. */
export const HOOK_UNITS = "slipway-hook@pre-*.service";

export const unitOf = (helper: Exclude<Helper, Child>): string =>
  `slipway-${HOOK_HELPERS.has(helper) ? "hook" : "task"}@${helper}.service`;

/** Somewhat more than the unit's own limit, which ends it in good order. */
const LONGEST_MS: number = (2 * 3600 + 300) * 1000;
const LONGEST_HOOKS_MS: number = LONGEST_POINT_MS + 10 * 60 * 1000;
/** Before a rollback, whatever state systemd is in. */
const ROLLBACK_HOOKS_MS = 60_000;
const SESSIONS_MS = 60_000;

const longestOf = (effect: UnitEffect): number => {
  switch (effect.kind) {
    case "hooks":
      return effect.reason === "rollback" ? ROLLBACK_HOOKS_MS : LONGEST_HOOKS_MS;
    case "sessions":
    case "warn":
      return SESSIONS_MS;
    case "check":
    case "preflight":
    case "stage":
    case "discard":
    case "finalize":
    case "rollback":
    case "take-lease":
    case "return-lease":
      return LONGEST_MS;
  }
};

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
  { files, systemd, runChild, newId, signal }: HelperPorts,
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
    else await systemd.start(unitOf(helper), { timeoutMs: longestOf(effect), signal });
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

type RunEffect = (effect: Exclude<UnitEffect, { readonly kind: "check" }>) => Promise<Outcome>;

const runnerOf =
  (ports: HelperPorts): RunEffect =>
  async (effect) =>
    withoutOffer(await runHelper(ports, effect), helperOf(effect));

const hookTasksBy = (
  run: RunEffect,
  { hasHooks }: Pick<HelperPorts, "hasHooks">,
): Pick<Tasks, "hooks" | "sessions" | "warn"> => ({
  // Most nodes have none, and a unit is the start of a whole program.
  hooks: async (effect) => ((await hasHooks(effect.point)) ? run(effect) : { kind: "done" }),
  sessions: run,
  warn: run,
});

/**
 * For verbs, which do all else by themselves: a hook runs in its unit whoever asks, so that it finds the same around it, writes into the same journal, and ends
 * with all that it began.
 */
export const hookUnitTasks = (
  ports: Omit<HelperPorts, "runChild">,
): Pick<Tasks, "hooks" | "sessions" | "warn"> =>
  hookTasksBy(runnerOf({ ...ports, runChild: async () => undefined }), ports);

export const unitTasks = (ports: UnitTaskPorts): Tasks => {
  const run = runnerOf(ports);
  return {
    ...hookTasksBy(run, ports),
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
