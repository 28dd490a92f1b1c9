/** The agent's command line from arguments to exit status. */
import {
  asksForDebug,
  decisiveCode,
  isInterruption,
  paintFor,
  presentError,
  type Program,
  requestOf,
} from "@slipway/host/command-line";
import { EXIT, exitStatusOf, PROGRAM } from "./exit-status.ts";
import { overview } from "./overview.ts";
import { VERBS } from "./registry.ts";
import type { Verb } from "./verb.ts";
import { VERSION } from "../version.ts";
import type { World } from "./world.ts";

export const SLIPWAY_AGENT: Program<Verb> = {
  help: PROGRAM,
  version: VERSION,
  noun: "verb",
  commands: VERBS,
  overview,
};

/**
 * Does what the arguments say. Everything that goes wrong is said on the screen.
 * @returns the exit status.
 */
export const runCommandLine = async (args: readonly string[], world: World): Promise<number> => {
  const { screen, signal, environment } = world;
  try {
    const request = await requestOf(args, SLIPWAY_AGENT);
    switch (request.kind) {
      case "text":
        await world.writeData(request.text);
        return EXIT.done;
      case "overview-asked-by-nothing":
        screen.write(overview());
        return EXIT.usage;
      case "command": {
        const outcome = await request.command.run(request.args, world);
        if (outcome.data !== undefined) await world.writeData(outcome.data);
        return outcome.status ?? EXIT.done;
      }
    }
  } catch (error) {
    if (signal.aborted && isInterruption(error)) {
      screen.write("interrupted: the node is whole, and the agent goes on from there\n");
      return EXIT.interrupted;
    }
    const shown = presentError(error, {
      debug: asksForDebug(args),
      paint: paintFor(screen.isTerminal, environment),
    });
    screen.write(`${shown}\n`);
    return exitStatusOf(decisiveCode(error));
  }
};
