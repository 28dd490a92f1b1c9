/** The machine's tasks in this process: for verbs, which have all of root's rights, and for the helper units. */
import type { Tasks } from "../../engine/ports.ts";
import { loadConfig } from "../../config/load-config.ts";
import type { LedgerView } from "../../ledger/view.ts";
import type { CheckRequest } from "../../machine/effect.ts";
import type { Progress, TaskFiles } from "../../daemon/task-files.ts";
import type { TaskContext } from "../../tasks/context.ts";
import { linuxTaskContext } from "../../tasks/linux-context.ts";
import type { PlanOutcome } from "../../tasks/plan-update.ts";
import { tasksOf } from "../../tasks/tasks.ts";
import { VERSION } from "../../version.ts";

const PHASES = { fetch: "fetched", write: "written", verify: "read back" } as const;

/** Progress is for whoever looks: a file that cannot be written stops nothing, and the next one is not waited for. */
const progressTo = (files: TaskFiles) => {
  let writing: Promise<void> | undefined;
  return (progress: Progress): void => {
    if (writing !== undefined) return;
    writing = files
      .tellProgress(progress)
      .catch(() => undefined)
      .finally(() => {
        writing = undefined;
      });
  };
};

interface Here {
  readonly log: (line: string) => void;
  readonly files: TaskFiles;
  readonly signal: AbortSignal;
}

const contextHere = ({ log, files, signal }: Here): TaskContext => {
  const tell = progressTo(files);
  const context = linuxTaskContext({
    agentVersion: VERSION,
    settings: async () => (await loadConfig()).settings,
    log,
    progress: ({ of, phase, done: doneBytes, total: totalBytes }) =>
      tell({ task: "stage", message: `${of} ${PHASES[phase]}`, doneBytes, totalBytes }),
    signal,
  });
  const begins = (name: string): void => tell({ task: "hooks", message: `hook ${name} runs` });
  return { ...context, hooks: { ...context.hooks, begins } };
};

export const tasksHere = (here: Here): Tasks => tasksOf(contextHere(here));

/** Not the machine's: nothing waits for it, and it waits for nothing but the blessing. */
export const bringLoaderHere = async (here: Here): Promise<void> =>
  (await import("../../tasks/bring-loader.ts")).bringLoader(contextHere(here));

/** Not the machine's either: it takes nothing. */
export const planHere = async (
  here: Here,
  request: CheckRequest,
  ledger: LedgerView,
): Promise<PlanOutcome> =>
  (await import("../../tasks/plan-update.ts")).planUpdate(contextHere(here), request, ledger);
