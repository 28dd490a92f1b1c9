/** What every command is to the command line. */
import type { CommandHelp } from "@slipway/host/command-line";
import type { Display } from "../progress/display.ts";
import type { World } from "../world.ts";

/** What a command leaves behind when it did what it was told to. */
export interface Outcome {
  /** Data for standard output, complete with its last line feed; absent means none. */
  readonly data?: string;
  /** Default 0. */
  readonly status?: number;
}

/** A command by its name, loaded when it is run. */
export interface Registered {
  readonly name: string;
  /** The summary of its help, here so that the overview loads nothing; a test compares them. */
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export interface Command {
  readonly help: CommandHelp;
  /** Commands below this one: `slipway NAME VERB`. Its own `run` then only says that a verb is missing. */
  readonly verbs?: readonly Registered[];
  /** @throws CliError `USAGE`, and whatever the work throws. */
  run(args: readonly string[], world: World, display: Display): Promise<Outcome>;
}

/** Options that every command takes. */
export const COMMON_OPTIONS: {
  readonly debug: { readonly type: "boolean"; readonly help: string };
  readonly help: { readonly type: "boolean"; readonly short: "h"; readonly help: string };
} = {
  debug: { type: "boolean", help: "Show where in the program an error comes from." },
  help: { type: "boolean", short: "h", help: "Show this help." },
};

/** Exit statuses of the commands that change a repository. */
export const REPOSITORY_EXITS: NonNullable<CommandHelp["exits"]> = [
  ["75", "somebody else is changing the repository: try later"],
];

/** Options of the commands that resolve a definition's packages: for which releases. */
export const RELEASE_OPTIONS: {
  readonly arch: {
    readonly type: "string";
    readonly multiple: true;
    readonly value: string;
    readonly help: string;
  };
  readonly version: { readonly type: "string"; readonly value: string; readonly help: string };
} = {
  arch: {
    type: "string",
    multiple: true,
    value: "ARCH",
    help: "x86_64 or aarch64; give it twice for both. Default: all that the definition is for.",
  },
  version: {
    type: "string",
    value: "VERSION",
    help: "The release's version, instead of the definition's image.version.",
  },
};
