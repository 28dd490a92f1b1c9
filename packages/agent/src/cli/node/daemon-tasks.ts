/** The daemon's tasks on a real node: helper units, and a process of its own for looking at the repository. */
import process from "node:process";
import { linuxExec } from "@slipway/host";
import { loadConfig } from "../../config/load-config.ts";
import type { Systemd } from "../../daemon/systemd.ts";
import { newId, type TaskFiles } from "../../daemon/task-files.ts";
import { type Child, unitTasks } from "../../daemon/unit-tasks.ts";
import type { Tasks } from "../../engine/ports.ts";
import { hasHooks } from "./has-hooks.ts";

/** A check fetches some kilobytes, from as many sources as there are; a lock server has half a minute to answer. */
const LONGEST_MS: Readonly<Record<Child, number>> = { check: 15 * 60_000, lease: 2 * 60_000 };

const PURPOSES: Readonly<Record<Child, string>> = {
  check: "looking at the repository",
  lease: "speaking to the lock server",
};

export const daemonTasks = (options: {
  readonly files: TaskFiles;
  readonly systemd: Systemd;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}): Tasks => {
  const [, program = ""] = process.argv;
  return unitTasks({
    ...options,
    // A child, so that what verifying and TLS take of memory is given back: the daemon itself never loads it.
    runChild: async (helper, signal) => {
      await linuxExec.run(
        {
          argv: [process.execPath, ...process.execArgv, program, "task", helper],
          purpose: PURPOSES[helper],
          timeoutMs: LONGEST_MS[helper],
        },
        { signal, onStderrLine: options.log },
      );
    },
    hasRepository: async () => (await loadConfig()).settings.repository.length > 0,
    hasHooks,
    newId,
  });
};
