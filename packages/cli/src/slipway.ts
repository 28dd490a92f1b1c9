/** The command line from arguments to exit status. */
import {
  asksForDebug,
  decisiveCode,
  isDumb,
  isInterruption,
  paintFor,
  presentError,
  type Program,
  requestOf,
} from "@slipway/host/command-line";
import type { Command } from "./commands/command.ts";
import { COMMANDS } from "./commands/registry.ts";
import { EXIT, exitStatusOf, PROGRAM } from "./exit-status.ts";
import { overview } from "./help/overview.ts";
import { openDisplay } from "./progress/display.ts";
import { liveSurface } from "./progress/live.ts";
import { plainSurface } from "./progress/plain.ts";
import { VERSION } from "./version.ts";
import type { World } from "./world.ts";

export const SLIPWAY: Program<Command> = {
  help: PROGRAM,
  version: VERSION,
  noun: "command",
  commands: COMMANDS,
  overview,
};

/**
 * Does what the arguments say. Everything that goes wrong is said on the screen.
 * @returns the exit status.
 */
export const runSlipway = async (args: readonly string[], world: World): Promise<number> => {
  const { screen, clock, signal, environment } = world;
  const paint = paintFor(screen.isTerminal, environment);
  const surface =
    screen.isTerminal && !isDumb(environment)
      ? liveSurface(screen, clock, paint)
      : plainSurface(screen, clock);
  const display = openDisplay(surface, clock, { signal, paint });
  const onAbort = (): void => display.say("stopping; once more stops at once");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const request = await requestOf(args, SLIPWAY);
    switch (request.kind) {
      case "text":
        await world.writeData(request.text);
        return EXIT.done;
      case "overview-asked-by-nothing":
        screen.write(overview());
        return EXIT.usage;
      case "command": {
        const outcome = await request.command.run(request.args, world, display);
        display.close();
        if (outcome.data !== undefined) await world.writeData(outcome.data);
        return outcome.status ?? EXIT.done;
      }
    }
  } catch (error) {
    display.close();
    const interrupted = signal.aborted;
    if (!interrupted || !isInterruption(error)) {
      display.say(presentError(error, { debug: asksForDebug(args), paint }));
    }
    if (!interrupted) return exitStatusOf(decisiveCode(error));
    display.say("interrupted: nothing was left half-written");
    return EXIT.interrupted;
  } finally {
    signal.removeEventListener("abort", onAbort);
    display.close();
  }
};
