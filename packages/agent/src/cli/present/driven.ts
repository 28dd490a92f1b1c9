/** What an order came to, in one word, one sentence and one exit status. Pure. */
import type { Blocker } from "../../machine/event.ts";
import type { Failure } from "../../errors.ts";
import type { Ran } from "../../engine/run.ts";
import type { LastCheck } from "../../machine/journal.ts";
import { EXIT, exitStatusOf } from "../exit-status.ts";

export interface Answer {
  /** `restarting`: the node goes down now. `nothing`: there was nothing to do. `staged`, `later`: it goes on without anybody. */
  readonly outcome: "restarting" | "nothing" | "staged" | "later" | "failed";
  readonly message: string;
  readonly failure?: Failure;
  readonly status: number;
}

const failed = (failure: Failure): Answer => ({
  outcome: "failed",
  message: failure.message,
  failure,
  status: exitStatusOf(failure.code),
});

/** It is tried again without anybody; whoever waits for it looks again later. */
const later = (message: string, failure?: Failure): Answer => ({
  outcome: "later",
  message,
  ...(failure === undefined ? {} : { failure }),
  status: EXIT.tryLater,
});

/** A refusal that is an answer of the repository is told as one. */
const refusedAnswer = (refusal: Failure & Partial<Blocker>): Answer => blockedAnswer(refusal);

/** What of a run an answer depends on. */
export type Driven = Pick<Ran, "state" | "lastCheck" | "refusal" | "isRebooting">;

/** Being up to date is no failure, and what clears by itself is none for good. */
export const blockedAnswer = (blocker: Blocker): Answer => {
  if (blocker.code === "up-to-date")
    return { outcome: "nothing", message: blocker.message, status: EXIT.done };
  if (blocker.clearsAt !== undefined) return later(blocker.message, blocker);
  return failed(blocker);
};

/** Nothing is under way: what the repository said last tells why. */
const quietAnswer = (lastCheck: LastCheck | undefined): Answer => {
  const answer = lastCheck?.answer;
  if (answer?.kind === "failed") return failed(answer.failure);
  const blocker = answer?.blocker;
  return blocker === undefined
    ? { outcome: "nothing", message: "nothing is under way", status: EXIT.done }
    : blockedAnswer(blocker);
};

const restarting = (message: string): Answer => ({
  outcome: "restarting",
  message,
  status: EXIT.done,
});

/** What somebody who asked for an update is told. */
export const updateAnswer = ({ state, lastCheck, refusal, isRebooting }: Driven): Answer => {
  if (isRebooting && state.kind === "finalizing")
    return restarting(`${state.release.version} is finalized; the node restarts into it now`);
  if (refusal !== undefined) return refusedAnswer(refusal);
  switch (state.kind) {
    case "finalizing":
      return later(`${state.release.version} is being finalized`);
    case "staged":
      return {
        outcome: "staged",
        message: `${state.release.version} is staged; \`slipway-agent update\` restarts into it`,
        status: EXIT.done,
      };
    case "fetching":
      return later(`${state.release.version} is being fetched`, state.failure);
    case "rolling-back":
      return later(`the node rolls back to ${state.target.version}`);
    case "probation":
      return later(`${state.release.version} is on probation: nothing is taken before it is good`);
    case "held":
      return failed(state.failure);
    case "init":
    case "steady":
    case "waiting":
      return quietAnswer(lastCheck);
  }
};

/** What somebody who asked for a rollback is told. */
export const rollbackAnswer = ({ state, refusal, isRebooting }: Driven): Answer => {
  if (isRebooting && state.kind === "rolling-back")
    return restarting(
      `the node goes back to ${state.target.version}, and restarts now; ${state.from.version} is forbidden, and the node pinned to ${state.target.version}`,
    );
  if (refusal !== undefined) return failed(refusal);
  if (state.kind === "rolling-back")
    return later(`the node is going back to ${state.target.version}`, state.failure);
  return failed({
    code: "UNFINISHED",
    message: `the node is ${state.kind}, and not on its way back`,
    hint: "see `slipway-agent history` for what was done",
  });
};
