/** The builder's programs: a cached Debian tree, and running programs inside it. */
import {
  type Command,
  type CommandResult,
  type Exec,
  HostError,
  type RunOptions,
} from "@slipway/host";
import { sandboxCommand, type SandboxOptions } from "./sandbox.ts";

export interface Toolbox {
  /** Root of the tools tree, for programs that must be started otherwise. */
  readonly tree: string;
  /** `NAME VERSION` of every package in it, a line each. */
  readonly listing: string;
  /** Identity of the programs in it: an input of every step that runs one. */
  readonly digest: string;
  /** Runs a program of the tree on the host's files that `options` names, with the errors of `Exec`. */
  run(command: Command, options?: SandboxOptions & RunOptions): Promise<CommandResult>;
}

export const openToolbox = (
  exec: Exec,
  tree: string,
  listing: string,
  digest: string,
): Toolbox => ({
  tree,
  listing,
  digest,
  run: (command, options = {}) =>
    exec.run(sandboxCommand(tree, command, options), options).catch((error: unknown) => {
      throw named(error, command);
    }),
});

/** People ask for mkfs.erofs, not for bwrap: the error is about the program inside. */
const named = (error: unknown, command: Command): unknown => {
  if (!(error instanceof HostError) || error.code !== "COMMAND_FAILED") return error;
  const message = error.message.replace(/^\S+/, command.argv[0]);
  return new HostError("COMMAND_FAILED", message, {
    cause: error.cause,
    ...(error.command === undefined ? {} : { command: error.command }),
    ...(error.exitCode === undefined ? {} : { exitCode: error.exitCode }),
    ...(error.output === undefined ? {} : { output: error.output }),
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
};
