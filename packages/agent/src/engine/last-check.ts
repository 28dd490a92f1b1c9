/** What the repository answered last, for `status` and `why`. Pure. */
import type { Event } from "../machine/event.ts";
import { takeBlocker } from "../machine/guards.ts";
import type { LastCheck } from "../machine/journal.ts";
import type { Situation } from "../machine/situation.ts";

const answerOf = (event: Event, situation: Situation): LastCheck["answer"] | undefined => {
  if (event.kind === "offered") {
    const { release, request } = event;
    const blocker = takeBlocker(release, request.take === "by-hand", situation);
    return { kind: "offer", release, ...(blocker === undefined ? {} : { blocker }) };
  }
  if (event.kind === "nothing-offered") return { kind: "none", blocker: event.blocker };
  return event.kind === "check-failed" ? { kind: "failed", failure: event.failure } : undefined;
};

const heard = (before: LastCheck | undefined): { readonly heardAt?: number } => {
  const heardAt = before?.answer.kind === "failed" ? before.heardAt : before?.at;
  return heardAt === undefined ? {} : { heardAt };
};

/** Nothing where the event is no answer. `before`: the one before it, which may have been the last in days. */
export const lastCheckOf = (
  event: Event,
  situation: Situation,
  before: LastCheck | undefined,
): LastCheck | undefined => {
  const answer = answerOf(event, situation);
  if (answer === undefined) return undefined;
  const at = Math.max(0, Math.floor(situation.nowMs / 1000));
  return { at, ...(answer.kind === "failed" ? heard(before) : {}), answer };
};
