import { type Command, formatCommand } from "./command.ts";

export type HostErrorCode =
  | "COMMAND_FAILED"
  | "COMMAND_MISSING"
  | "COMMAND_TIMEOUT"
  | "DEVICE_BUSY"
  | "DEVICE_FAILED"
  | "FILE_FAILED"
  | "OUTPUT_FAILED"
  | "ABORTED";

export interface HostErrorDetails {
  readonly hint?: string;
  readonly cause?: unknown;
  readonly command?: Command;
  readonly exitCode?: number;
  /** The last lines that the program wrote on standard error, or on standard output if there were none. */
  readonly output?: string;
}

/** An operation on the machine failed. `code` is stable; the message names the operation and its operands. */
export class HostError extends Error {
  override readonly name = "HostError";
  readonly code: HostErrorCode;
  readonly hint: string | undefined;
  readonly command: Command | undefined;
  readonly exitCode: number | undefined;
  readonly output: string | undefined;

  constructor(code: HostErrorCode, message: string, details: HostErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint;
    this.command = details.command;
    this.exitCode = details.exitCode;
    this.output = details.output;
  }
}

const lastLines = (text: string, count: number): string =>
  text.trimEnd().split("\n").slice(-count).join("\n");

/** Beyond this many characters a command line helps nobody to read the error. */
const REPEATABLE_LENGTH = 600;

const repeatHint = (command: Command): { readonly hint?: string } => {
  const line = formatCommand(command);
  return line.length > REPEATABLE_LENGTH ? {} : { hint: `to see it again: ${line}` };
};

/** The error for a program that ended with another status than 0. */
export const commandFailed = (
  command: Command,
  result: { readonly exitCode: number; readonly stdout: string; readonly stderr: string },
): HostError => {
  const output = lastLines(result.stderr.trim() === "" ? result.stdout : result.stderr, 12);
  return new HostError(
    "COMMAND_FAILED",
    `${command.argv[0]} failed with status ${result.exitCode} while ${command.purpose}${output === "" ? "" : `:\n${output}`}`,
    {
      command,
      exitCode: result.exitCode,
      output,
      ...repeatHint(command),
    },
  );
};
