import type { Command, CommandResult } from "./command.ts";

export interface RunOptions {
  /** Ends the program (SIGTERM, then SIGKILL after five seconds) and rejects with `ABORTED`. */
  readonly signal?: AbortSignal;
  /** Every complete line of standard output as it comes; lines over 64 KiB are cut into pieces. */
  readonly onStdoutLine?: (line: string) => void;
  readonly onStderrLine?: (line: string) => void;
  /** Exit statuses that are answers rather than failures; default `[0]`. */
  readonly accept?: readonly number[];
}

/** Running programs. */
export interface Exec {
  /**
   * Runs a program to its end.
   * @throws HostError `COMMAND_FAILED`, `COMMAND_MISSING`, `COMMAND_TIMEOUT` or `ABORTED`.
   */
  run(command: Command, options?: RunOptions): Promise<CommandResult>;
}
