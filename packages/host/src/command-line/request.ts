/** From arguments to what they ask for: which command of a program, or a text of its own. The same for every program of ours. */
import { commandHelp, type CommandHelp, type ProgramHelp } from "./command-help.ts";
import { nearest } from "./nearest.ts";
import { asksForHelp, parseArguments } from "./parse.ts";
import { printableLine } from "./printable.ts";
import { usageError } from "./usage-error.ts";

/** A command by its name, loaded when it is run. */
export interface Registered<C> {
  readonly name: string;
  /** Whom it is for. One that is `hidden` is found by whoever knows its name, and offered to nobody. Default: everybody. */
  readonly audience?: "operator" | "system" | "hidden";
  readonly load: () => Promise<C>;
}

export interface Described<C> {
  readonly help: CommandHelp;
  /** Commands below this one: `keys list`. */
  readonly verbs?: readonly Registered<C>[];
}

export interface Program<C extends Described<C>> {
  readonly help: ProgramHelp;
  readonly version: string;
  /** What the program calls what it can do: `command`. */
  readonly noun: string;
  readonly commands: readonly Registered<C>[];
  readonly overview: () => string;
}

/** What is to be done, once it is known. */
export type Request<C> =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "overview-asked-by-nothing" }
  | { readonly kind: "command"; readonly command: C; readonly args: readonly string[] };

const GLOBAL_OPTIONS = {
  help: { type: "boolean", short: "h", help: "" },
  version: { type: "boolean", help: "" },
  debug: { type: "boolean", help: "" },
} as const;

/**
 * `PROGRAM [GLOBAL OPTIONS] COMMAND ARGUMENTS`: options before the command are the program's own.
 * @throws UsageError
 */
export const requestOf = async <C extends Described<C>>(
  args: readonly string[],
  program: Program<C>,
): Promise<Request<C>> => {
  const { noun, version, overview, help } = program;
  const at = args.findIndex((argument) => !argument.startsWith("-"));
  const own = at < 0 ? args : args.slice(0, at);
  const operands = { name: noun.toUpperCase(), least: 0, most: 0 };
  const { values } = parseArguments(own, GLOBAL_OPTIONS, operands);
  if (values.version === true) return { kind: "text", text: `${help.program} ${version}\n` };
  const name = at < 0 ? undefined : args[at];
  if (name === undefined && values.help !== true) return { kind: "overview-asked-by-nothing" };
  if (name === undefined) return { kind: "text", text: overview() };
  const after = args.slice(at + 1);
  if (name === "help") return { kind: "text", text: await helpOn(after, program) };
  const { command, rest } = await findCommand([name, ...after], program);
  if (values.help === true || asksForHelp(command.help.options, rest)) {
    return { kind: "text", text: commandHelp(command.help, help) };
  }
  return { kind: "command", command, args: rest };
};

/** Whether the arguments of a command, whatever else they are, ask for stack traces. */
export const asksForDebug = (args: readonly string[]): boolean => {
  const end = args.indexOf("--");
  return (end < 0 ? args : args.slice(0, end)).includes("--debug");
};

const helpOn = async <C extends Described<C>>(
  args: readonly string[],
  program: Program<C>,
): Promise<string> => {
  const { noun, overview, help } = program;
  const operands = { name: noun.toUpperCase(), least: 0, most: 2 };
  const { positionals } = parseArguments(args, GLOBAL_OPTIONS, operands);
  const [name, ...below] = positionals;
  if (name === undefined) return overview();
  const { command, rest } = await findCommand([name, ...below], program);
  const [unknown] = rest;
  if (unknown !== undefined)
    throw usageError(`'${printableLine(name)}' has no ${noun} '${printableLine(unknown)}'`);
  return commandHelp(command.help, help);
};

/** The command that the words begin with, and what is left of them: `keys list` is one of its own. */
const findCommand = async <C extends Described<C>>(
  [name, ...rest]: readonly [string, ...string[]],
  program: Program<C>,
): Promise<{ readonly command: C; readonly rest: readonly string[] }> => {
  const command = await loadAmong(program.commands, name, program);
  const [below, ...last] = rest;
  if (command.verbs === undefined || below === undefined || below.startsWith("-"))
    return { command, rest };
  return { command: await loadAmong(command.verbs, below, program, `${name} `), rest: last };
};

/** The command of a name among some; `above` are the words before it. */
const loadAmong = async <C extends Described<C>>(
  commands: readonly Registered<C>[],
  name: string,
  { noun, help: { program } }: Program<C>,
  above = "",
): Promise<C> => {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found.load();
  const offered = commands.filter(({ audience }) => audience !== "hidden");
  const near = nearest(
    name,
    offered.map((command) => command.name),
  );
  throw usageError(
    `there is no ${noun} '${above}${printableLine(name)}'`,
    near === undefined
      ? `\`${program} ${above}--help\` lists them`
      : `did you mean \`${program} ${above}${near}\`?`,
  );
};
