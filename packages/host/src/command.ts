/** A program to run, as data: built by pure functions, compared in tests, printed in errors. */

/** What to run and what it is for. There is no shell: every argument reaches the program as it stands. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  /** Completes the sentence "NAME failed while …": "formatting the root image". */
  readonly purpose: string;
  /** Absolute; default `/`. */
  readonly cwd?: string;
  /** The whole environment beside PATH, LC_ALL and TZ, which are always set. Nothing is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for standard input; without it, standard input is empty. */
  readonly stdin?: string;
  /** After this many milliseconds the program is ended and the run fails; default: no limit. */
  readonly timeoutMs?: number;
}

/** What a program left behind. Output beyond `OUTPUT_LIMIT` bytes a stream is cut from the front. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** The most that is kept of each stream, in bytes: whoever expects more asks for it line by line. */
export const OUTPUT_LIMIT: number = 8 * 1024 * 1024;

const plain = /^[A-Za-z0-9_@%+=:,./^~-]+$/;

const quote = (word: string): string =>
  plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** The command as a line for a POSIX shell, to be run again by hand. */
export const formatCommand = (command: Pick<Command, "argv">): string =>
  command.argv.map(quote).join(" ");
