/** What a task answers where it could not be done: a value with a stable code, whatever it was that stopped it. */
import { errnoOf, HostError } from "@slipway/host";
import { ReceiverError } from "@slipway/receiver";
import type { Failed, Outcome } from "../engine/ports.ts";
import { AgentError, type Failure } from "../errors.ts";
import { EspError } from "../esp/errors.ts";
import { EtcError } from "../etc/errors.ts";
import { NodeError } from "../node/errors.ts";

/** What the tasks themselves object to; the codes are stable. */
export type TaskErrorCode =
  /** No room on the ESP or on `/var`. */
  | "E_SPACE"
  | "SLOT_TOO_SMALL"
  /** The clock is earlier than the booted release. */
  | "CLOCK_BEHIND"
  /** The loader is told to boot an entry by name. */
  | "LOADER_BOUND"
  /** The other slot does not hold what is to be booted. */
  | "NOT_STAGED"
  | "NO_REPOSITORY"
  | "NO_TRUST"
  | "NO_NODE_ID"
  /** The repository does not list the release any more. */
  | "NOT_LISTED"
  | "MOUNT_FAILED";

/** A task stopped before it changed anything that counts. `code` is a `TaskErrorCode`, or that of what stood in the way. */
export class TaskError extends Error {
  override readonly name = "TaskError";
  readonly code: string;
  readonly hint: string | undefined;

  constructor({ code, message, hint }: Failure, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}

/** A failure with one of the tasks' own codes. */
export const taskError = (
  code: TaskErrorCode,
  message: string,
  hint: string,
  cause?: unknown,
): TaskError => new TaskError({ code, message, hint }, cause);

export const failed = ({ code, message, hint }: Failure): Failed => ({
  kind: "failed",
  code,
  message,
  ...(hint === undefined ? {} : { hint }),
});

const KNOWN = [
  TaskError,
  ReceiverError,
  HostError,
  NodeError,
  EspError,
  EtcError,
  AgentError,
] as const;

const FULL: ReadonlySet<string | undefined> = new Set(["ENOSPC", "EDQUOT"]);

/** Causes are nested a few deep; a longer chain is no chain. */
const MOST_CAUSES = 8;

/** Whether a full file system is at the bottom of it. */
const isFull = (error: unknown): boolean => {
  let at = error;
  for (let depth = 0; depth < MOST_CAUSES && at instanceof Error; depth += 1) {
    if (FULL.has(errnoOf(at))) return true;
    at = at.cause;
  }
  return false;
};

/** The failure that an error is; throws what no operator can do anything about, a bug. */
export const failureOf = (error: unknown): Failed => {
  const known = KNOWN.find((kind) => error instanceof kind);
  if (known === undefined || !(error instanceof known)) throw error;
  const { message, hint } = error;
  if (isFull(error))
    return failed({ code: "E_SPACE", message, hint: hint ?? "make room, then try again" });
  return failed({ code: error.code, message, ...(hint === undefined ? {} : { hint }) });
};

/** Runs a task to its outcome. */
export const outcomeOf = async (task: () => Promise<void>): Promise<Outcome> => {
  try {
    await task();
    return { kind: "done" };
  } catch (error) {
    return failureOf(error);
  }
};
