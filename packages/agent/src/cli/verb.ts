/** What every verb is to the command line. */
import type { CommandHelp, OperandSpec } from "@slipway/host/command-line";
import type { World } from "./world.ts";

/** What a verb leaves behind. */
export interface Outcome {
  /** Data for standard output, complete with its last line feed; absent means none. */
  readonly data?: string;
  /** Default 0. */
  readonly status?: number;
}

export interface Verb {
  readonly help: CommandHelp;
  /** Verbs below this one: `slipway-agent config show`. Its own `run` then only says that one is missing. */
  readonly verbs?: readonly Registered[];
  /** @throws UsageError, and whatever the work throws. */
  run(args: readonly string[], world: World): Promise<Outcome>;
}

/** A verb by its name, loaded when it is run. */
export interface Registered {
  readonly name: string;
  /** The summary of its help, here so that the overview loads nothing; a test compares them. */
  readonly summary: string;
  /** `operator`: for people; `system`: what units run; `hidden`: for tests, and in no overview. */
  readonly audience: "operator" | "system" | "hidden";
  readonly load: () => Promise<Verb>;
}

interface Flag {
  readonly type: "boolean";
  readonly help: string;
}

interface ShortFlag extends Flag {
  readonly short: "h";
}

/** Options that every verb takes. */
export const COMMON_OPTIONS: { readonly debug: Flag; readonly help: ShortFlag } = {
  debug: { type: "boolean", help: "Show where in the program an error comes from." },
  help: { type: "boolean", short: "h", help: "Show this help." },
};

/** Options of every verb that answers something. */
export const ANSWER_OPTIONS: {
  readonly json: Flag;
  readonly debug: Flag;
  readonly help: ShortFlag;
} = {
  json: { type: "boolean", help: "Print one JSON document." },
  ...COMMON_OPTIONS,
};

/** Operands of verbs that take none. */
export const NO_OPERANDS: OperandSpec = { name: "OPERAND", least: 0, most: 0 };
