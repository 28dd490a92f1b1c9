/** A helper's process: one task that the daemon gave, and its answer. */
import type { Tasks } from "../../engine/ports.ts";
import type { Ledger } from "../../ledger/open-ledger.ts";
import { AgentError } from "../../errors.ts";
import type { TaskAnswer, TaskFiles, UnitEffect } from "../../daemon/task-files.ts";
import { type Helper, helperOf } from "../../daemon/unit-tasks.ts";

const perform = async (
  tasks: Tasks,
  effect: UnitEffect,
  ledger: Ledger,
): Promise<TaskAnswer["outcome"]> => {
  const view = await ledger.view();
  switch (effect.kind) {
    case "check":
      return tasks.check(effect, view);
    case "preflight":
      return tasks.preflight(effect, view);
    case "hooks":
      return tasks.hooks(effect, view);
    case "sessions":
      return tasks.sessions(effect, view);
    case "warn":
      return tasks.warn(effect, view);
    case "stage":
      return tasks.stage(effect, view);
    case "discard":
      return tasks.discard(effect, view);
    case "finalize":
      return tasks.finalize(effect, view);
    case "rollback":
      return tasks.rollback(effect, view);
    case "take-lease":
    case "return-lease":
      return tasks.lease(effect);
  }
};

/** @throws AgentError `NOT_KNOWN` where no such task was given; what the task itself throws is a fault of ours. */
export const runTask = async (
  helper: Helper,
  {
    files,
    tasks,
    ledger,
    log,
  }: {
    readonly files: TaskFiles;
    readonly tasks: Tasks;
    readonly ledger: Ledger;
    readonly log: (line: string) => void;
  },
): Promise<void> => {
  const order = await files.order();
  if (order === undefined || helperOf(order.effect) !== helper)
    throw new AgentError("NOT_KNOWN", `nobody gave ${helper} anything to do`, {
      hint: "leave this to slipway-agent.service; by hand use `slipway-agent update` and `rollback`",
    });
  const { id, effect } = order;
  const outcome = await perform(tasks, effect, ledger);
  if (outcome.kind === "failed") log(`${effect.kind} failed [${outcome.code}]: ${outcome.message}`);
  await files.giveAnswer({ id, outcome });
  await files.tellProgress(undefined);
};
