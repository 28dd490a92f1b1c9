/** The command line from arguments to exit status. */
import { asksForHelp, parseArguments } from "./arguments/parse.ts";
import type { Command, Registered } from "./commands/command.ts";
import { COMMANDS } from "./commands/registry.ts";
import { usageError } from "./errors.ts";
import { EXIT, exitStatusOf } from "./exit-status.ts";
import { commandHelp } from "./help/command-help.ts";
import { overview } from "./help/overview.ts";
import { decisiveCode, isInterruption, presentError } from "./present/error.ts";
import { openDisplay } from "./progress/display.ts";
import { liveSurface } from "./progress/live.ts";
import { plainSurface } from "./progress/plain.ts";
import { nearest } from "./text/nearest.ts";
import { noPaint, type Paint, terminalPaint } from "./text/paint.ts";
import { printableLine } from "./text/printable.ts";
import { VERSION } from "./version.ts";
import type { World } from "./world.ts";

const GLOBAL_OPTIONS = {
  help: { type: "boolean", short: "h", help: "" },
  version: { type: "boolean", help: "" },
  debug: { type: "boolean", help: "" },
} as const;

/** The command of a name among some; `above` are the words before it. */
const loadAmong = async (
  commands: readonly Registered[],
  name: string,
  above = "",
): Promise<Command> => {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found.load();
  const near = nearest(
    name,
    commands.map((command) => command.name),
  );
  throw usageError(
    `there is no command '${above}${printableLine(name)}'`,
    near === undefined
      ? `\`slipway ${above}--help\` lists them`
      : `did you mean \`slipway ${above}${near}\`?`,
  );
};

interface Found {
  readonly command: Command;
  readonly rest: readonly string[];
}

/** The command that the words begin with, and what is left of them: `keys list` is one of its own. */
const findCommand = async (words: readonly [string, ...string[]]): Promise<Found> => {
  const [name, ...rest] = words;
  const command = await loadAmong(COMMANDS, name);
  const [verb, ...below] = rest;
  if (command.verbs === undefined || verb === undefined || verb.startsWith("-"))
    return { command, rest };
  return { command: await loadAmong(command.verbs, verb, `${name} `), rest: below };
};

/** What is to be done, once it is known. */
type Request =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "overview-asked-by-nothing" }
  | { readonly kind: "command"; readonly command: Command; readonly args: readonly string[] };

/** `slipway [GLOBAL OPTIONS] COMMAND ARGUMENTS`: options before the command are the program's own. */
const requestOf = async (args: readonly string[]): Promise<Request> => {
  const at = args.findIndex((argument) => !argument.startsWith("-"));
  const own = at < 0 ? args : args.slice(0, at);
  const { values } = parseArguments(own, GLOBAL_OPTIONS, { name: "COMMAND", least: 0, most: 0 });
  if (values.version === true) return { kind: "text", text: `slipway ${VERSION}\n` };
  const name = at < 0 ? undefined : args[at];
  if (name === undefined && values.help !== true) return { kind: "overview-asked-by-nothing" };
  if (name === undefined) return { kind: "text", text: overview() };
  const after = args.slice(at + 1);
  if (name === "help") return { kind: "text", text: await helpOn(after) };
  const { command, rest } = await findCommand([name, ...after]);
  if (values.help === true || asksForHelp(command.help.options, rest)) {
    return { kind: "text", text: commandHelp(command.help) };
  }
  return { kind: "command", command, args: rest };
};

const helpOn = async (args: readonly string[]): Promise<string> => {
  const { positionals } = parseArguments(args, GLOBAL_OPTIONS, {
    name: "COMMAND",
    least: 0,
    most: 2,
  });
  const [name, ...verb] = positionals;
  if (name === undefined) return overview();
  const { command, rest } = await findCommand([name, ...verb]);
  const [unknown] = rest;
  if (unknown !== undefined)
    throw usageError(`'${printableLine(name)}' has no command '${printableLine(unknown)}'`);
  return commandHelp(command.help);
};

const isDumb = ({ environment }: Pick<World, "environment">): boolean =>
  (environment["TERM"] ?? "dumb") === "dumb";

/** https://no-color.org: set and not empty. */
const paintOf = ({ screen, environment }: Pick<World, "screen" | "environment">): Paint => {
  if ((environment["NO_COLOR"] ?? "") !== "") return noPaint;
  return screen.isTerminal && !isDumb({ environment }) ? terminalPaint : noPaint;
};

/** Whether the arguments of a command, whatever else they are, ask for stack traces. */
const asksForDebug = (args: readonly string[]): boolean => {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).includes("--debug");
};

/**
 * Does what the arguments say. Everything that goes wrong is said on the screen.
 * @returns the exit status.
 */
export const runSlipway = async (args: readonly string[], world: World): Promise<number> => {
  const { screen, clock, signal } = world;
  const paint = paintOf(world);
  const surface =
    screen.isTerminal && !isDumb(world)
      ? liveSurface(screen, clock, paint)
      : plainSurface(screen, clock);
  const display = openDisplay(surface, clock, { signal, paint });
  const onAbort = (): void => display.say("stopping; once more stops at once");
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const request = await requestOf(args);
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
