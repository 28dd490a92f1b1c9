/** Exit statuses of the agent's command line: a contract with scripts. Pure. */
import type { ProgramHelp } from "@slipway/host/command-line";
import { type FailureKind, failureKindOf } from "../failure-kinds.ts";

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** EX_TEMPFAIL of sysexits.h: what stands in the way goes away by itself. */
  tryLater: 75,
  /** 128 + SIGINT, as shells say it. */
  interrupted: 130,
} as const;

/** For every help; in the order of the numbers. */
export const EXIT_MEANINGS: readonly (readonly [string, string])[] = [
  ["0", "done"],
  ["1", "failed, or refused"],
  ["2", "the command line is wrong"],
  ["75", "busy, or the repository cannot be reached: try later"],
  ["130", "interrupted; the node is whole, and the agent goes on from there"],
];

export const PROGRAM: ProgramHelp = { program: "slipway-agent", exits: EXIT_MEANINGS };

const BY_KIND: Readonly<Record<FailureKind, number>> = {
  usage: EXIT.usage,
  "try-later": EXIT.tryLater,
  interrupted: EXIT.interrupted,
  refused: EXIT.failed,
  unknown: EXIT.failed,
  failed: EXIT.failed,
};

/** The exit status for an error's code; undefined is the code of errors that nobody expected. */
export const exitStatusOf = (code: string | undefined): number => BY_KIND[failureKindOf(code)];
