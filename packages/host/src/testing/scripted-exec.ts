import { type Command, formatCommand } from "../command.ts";
import { commandFailed } from "../errors.ts";
import type { Exec } from "../exec.ts";

export interface ScriptedAnswer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exitCode?: number;
}

export interface ScriptedExec extends Exec {
  /** Every command that was run, in order. */
  readonly ran: readonly Command[];
}

/**
 * Answers commands in order and rejects any beyond the script, so that a test also says what is *not* run.
 * Failing answers reject as the real adapter does.
 */
export const scriptedExec = (answers: readonly ScriptedAnswer[]): ScriptedExec => {
  const ran: Command[] = [];
  return {
    ran,
    run: async (command, options = {}) => {
      const answer = answers[ran.length];
      ran.push(command);
      if (answer === undefined) throw new Error(`not in the script: ${formatCommand(command)}`);
      const result = {
        stdout: answer.stdout ?? "",
        stderr: answer.stderr ?? "",
        exitCode: answer.exitCode ?? 0,
      };
      for (const [text, onLine] of [
        [result.stdout, options.onStdoutLine],
        [result.stderr, options.onStderrLine],
      ] as const) {
        if (onLine !== undefined && text !== "") text.trimEnd().split("\n").forEach(onLine);
      }
      if (!(options.accept ?? [0]).includes(result.exitCode)) throw commandFailed(command, result);
      return result;
    },
  };
};
