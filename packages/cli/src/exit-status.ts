/** Exit statuses, and what each failure leads to. Pure. */
import type { ComposerErrorCode } from "@slipway/composer";
import type { ProgramHelp, UsageError } from "@slipway/host/command-line";
import type { CliErrorCode } from "./errors.ts";

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  invalidDefinition: 3,
  /** EX_TEMPFAIL of sysexits.h: what stands in the way goes away by itself. */
  tryLater: 75,
  /** 128 + SIGINT, as shells say it. */
  interrupted: 130,
} as const;

/** For every help; in the order of the numbers. */
export const EXIT_MEANINGS: readonly (readonly [string, string])[] = [
  ["0", "done"],
  ["1", "failed"],
  ["2", "the command line is wrong"],
  ["3", "the image definition is wrong"],
  ["75", "a mirror, a source or the network failed: try later"],
  ["130", "interrupted; nothing was left half-written"],
];

/** What every help says. */
export const PROGRAM: ProgramHelp = { program: "slipway", exits: EXIT_MEANINGS };

/** Codes that lead to something else than `failed`. */
const BY_CODE = {
  USAGE: EXIT.usage,
  INVALID_DEFINITION: EXIT.invalidDefinition,
  INVALID_POLICY: EXIT.invalidDefinition,
  // The remedy of these is to correct the definition, or the lock beside it.
  TREE_REFUSED: EXIT.invalidDefinition,
  UNKNOWN_PACKAGE: EXIT.invalidDefinition,
  UNRESOLVABLE: EXIT.invalidDefinition,
  UNKNOWN_MODULE: EXIT.invalidDefinition,
  SLOT_TOO_SMALL: EXIT.invalidDefinition,
  LOCK_INVALID: EXIT.invalidDefinition,
  AGENT_UNAVAILABLE: EXIT.tryLater,
  MIRROR_FAILED: EXIT.tryLater,
  SOURCE_FAILED: EXIT.tryLater,
  REPOSITORY_BUSY: EXIT.tryLater,
} as const satisfies Partial<Record<ComposerErrorCode | CliErrorCode | UsageError["code"], number>>;

/** The exit status for an error's code; undefined is the code of errors that nobody expected. */
export const exitStatusOf = (code: string | undefined): number => {
  const known: Readonly<Record<string, number>> = BY_CODE;
  return (
    (code !== undefined && Object.hasOwn(known, code) ? known[code] : undefined) ?? EXIT.failed
  );
};
