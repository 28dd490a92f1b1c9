import { choice, parseArguments } from "@slipway/host/command-line";
import { TASK_NAMES } from "../agent.ts";
import { EXIT } from "../exit-status.ts";
import { COMMON_OPTIONS, type Verb } from "../verb.ts";

export const task: Verb = {
  help: {
    summary: "Do what the daemon may not: slipway-task@.service",
    usage: [`task ${TASK_NAMES.join("|")}`],
    about: [
      "Reads what is to be done from /run/slipway/agent/task.json, does it, and writes result.json beside it; it ends with 0 when it has answered, with a failure perhaps. For slipway-task@.service and slipway-hook@.service alone; post-boot alone needs nothing to be given: by hand, `update` and `rollback` do the same with all that belongs to it.",
    ],
    options: COMMON_OPTIONS,
    examples: [
      { line: "systemctl status slipway-task@stage", does: "See how staging is doing." },
      { line: "journalctl --unit slipway-hook@pre-reboot", does: "Read what hooks said." },
      { line: "journalctl --unit slipway-task@finalize", does: "Read what finalizing said." },
    ],
  },
  run: async (args, world) => {
    const { positionals } = parseArguments(args, COMMON_OPTIONS, {
      name: "TASK",
      least: 1,
      most: 1,
    });
    const name = choice("task", positionals[0] ?? "", TASK_NAMES);
    const done = await (await world.agent()).runTask(name, world.signal);
    return { status: done ? EXIT.done : EXIT.failed };
  },
};
