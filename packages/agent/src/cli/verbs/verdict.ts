import { parseArguments } from "@slipway/host/command-line";
import { EXIT } from "../exit-status.ts";
import { COMMON_OPTIONS, NO_OPERANDS, type Verb } from "../verb.ts";

export const verdict: Verb = {
  help: {
    summary: "Decide whether the booted release is good: slipway-verdict.service",
    usage: ["verdict"],
    about: [
      "On probation: reads every block of the root once, runs the health checks, and ends with 0 where the release is good, or where there is nothing to decide. Where it is bad, the ledger has the reason and the boot entry its mark before this ends with 1; systemd then restarts the node into the other slot.",
    ],
    options: COMMON_OPTIONS,
    examples: [
      { line: "slipway-agent health", does: "See what it decided, and by what." },
      { line: "journalctl --unit slipway-verdict", does: "Read what it said." },
    ],
    exits: [["1", "the release is bad: the node is to be restarted"]],
  },
  run: async (args, world) => {
    parseArguments(args, COMMON_OPTIONS, NO_OPERANDS);
    const good = await (await world.agent()).decide(world.signal);
    return { status: good ? EXIT.done : EXIT.failed };
  },
};
