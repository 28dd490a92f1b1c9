import { parseArguments } from "@slipway/host/command-line";
import { COMMON_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

export const daemon: Verb = {
  help: {
    summary: "Look for releases and take them: slipway-agent.service",
    usage: ["daemon"],
    about: [
      "Runs in the foreground until it is told to stop. It tells systemd when it is ready, what it is doing, and that it is alive; SIGHUP makes it look again at once. What needs devices it leaves to slipway-task@.service.",
    ],
    options: COMMON_OPTIONS,
    examples: [
      { line: "systemctl status slipway-agent", does: "See how it is doing." },
      {
        line: "systemctl reload slipway-agent",
        does: "Have it look at its settings and the repository now.",
      },
    ],
  },
  run: async (args, world) => {
    parseArguments(args, COMMON_OPTIONS, NO_OPERANDS);
    await (await world.agent()).serve(world.signal);
    return {};
  },
};
