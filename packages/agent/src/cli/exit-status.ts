/** Exit statuses of the agent's command line: a contract with scripts. Pure. */
import type { ReceiverErrorCode } from "@slipway/receiver";
import type { HostErrorCode } from "@slipway/host";
import type { ProgramHelp, UsageError } from "@slipway/host/command-line";
import type { AgentErrorCode } from "../errors.ts";

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

type KnownCode = AgentErrorCode | ReceiverErrorCode | HostErrorCode | UsageError["code"];

/** Codes that lead to something else than `failed`. */
const BY_CODE = {
  USAGE: EXIT.usage,
  BUSY: EXIT.tryLater,
  ON_PROBATION: EXIT.tryLater,
  UNREACHABLE: EXIT.tryLater,
  TOO_SLOW: EXIT.tryLater,
  BAD_ANSWER: EXIT.tryLater,
  SLOT_BUSY: EXIT.tryLater,
  DEVICE_BUSY: EXIT.tryLater,
  ABORTED: EXIT.interrupted,
} as const satisfies Partial<Record<KnownCode, number>>;

/** The exit status for an error's code; undefined is the code of errors that nobody expected. */
export const exitStatusOf = (code: string | undefined): number => {
  const known: Readonly<Record<string, number>> = BY_CODE;
  return (
    (code !== undefined && Object.hasOwn(known, code) ? known[code] : undefined) ?? EXIT.failed
  );
};
