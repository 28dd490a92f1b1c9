/** Speaking to a lock server: one question, one answer. */
import type { LeaseOutcome } from "../engine/ports.ts";
import { post } from "../lease/linux/post.ts";
import { MOST_ANSWER_BYTES, outcomeOf, requestOf, unreachable } from "../lease/protocol.ts";
import type { LeaseEffect } from "../machine/effect.ts";
import type { TaskContext } from "./context.ts";
import { failureOf } from "./outcome.ts";

const PATIENCE_MS = 30_000;

const why = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // Of several addresses of one name each has its own reason.
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  const [first] = errors;
  return first instanceof Error ? first.message : error.message;
};

export const askLockServer = async (
  context: Pick<TaskContext, "nodeId" | "clock" | "signal">,
  effect: LeaseEffect,
  patienceMs: number = PATIENCE_MS,
): Promise<LeaseOutcome> => {
  let id: string;
  try {
    id = await context.nodeId();
  } catch (error) {
    return failureOf(error);
  }
  const limit = AbortSignal.timeout(patienceMs);
  const signal = AbortSignal.any([
    limit,
    ...(context.signal === undefined ? [] : [context.signal]),
  ]);
  try {
    const request = requestOf(effect, id);
    const answer = await post(request, { mostBytes: MOST_ANSWER_BYTES, signal });
    return outcomeOf(effect, answer, context.clock.now().getTime());
  } catch (error) {
    return unreachable(
      effect,
      limit.aborted ? `nothing came within ${patienceMs / 1000} s` : why(error),
    );
  }
};
