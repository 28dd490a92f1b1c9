/** The builder's programs: a cached Debian tree, and running programs inside it. */
import type { Command, CommandResult, Exec, RunOptions } from "@slipway/host";
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
  run: (command, options = {}) => exec.run(sandboxCommand(tree, command, options), options),
});
