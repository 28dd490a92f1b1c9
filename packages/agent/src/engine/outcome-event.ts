/** What a task answered, as the machine hears of it. Pure. */
import type { Failure } from "../errors.ts";
import { plainLine } from "../ledger/plain-text.ts";
import type { TaskEffect } from "../machine/effect.ts";
import type { Event } from "../machine/event.ts";
import type { ReleaseRef } from "../machine/release.ts";
import type { LeaseAnswer } from "../machine/tend-leases.ts";
import type { CheckOutcome, LeaseOutcome, Outcome } from "./ports.ts";

const MOST_MESSAGE = 2000;

/** What programs said is in failures, and goes into files and onto terminals. */
const plainFailure = ({ code, message, hint }: Failure): Failure => ({
  code: code.replaceAll(/[^A-Za-z0-9_-]/g, "-").slice(0, 64) || "UNKNOWN",
  message: plainLine(message, MOST_MESSAGE),
  ...(hint === undefined ? {} : { hint: plainLine(hint, MOST_MESSAGE) }),
});

const refOf = ({ version, roothash }: ReleaseRef): ReleaseRef => ({ version, roothash });

export const checkEvent = (
  { request }: Extract<TaskEffect, { readonly kind: "check" }>,
  outcome: CheckOutcome,
): Event => {
  switch (outcome.kind) {
    case "offer":
      return { kind: "offered", request, release: outcome.release };
    case "none":
      return {
        kind: "nothing-offered",
        request,
        blocker: { ...outcome.blocker, ...plainFailure(outcome.blocker) },
      };
    case "failed":
      return { kind: "check-failed", request, failure: plainFailure(outcome) };
  }
};

/** As for events: what a server said is in it. */
export const leaseAnswer = (outcome: LeaseOutcome): LeaseAnswer =>
  outcome.kind === "done" ? outcome : { ...outcome, ...plainFailure(outcome) };

type Other = Exclude<TaskEffect, { readonly kind: "check" }>;

const EVENTS = {
  preflight: ["preflight-passed", "preflight-refused"],
  sessions: ["sessions-none", "sessions-found"],
  warn: ["warn-done", "warn-failed"],
  stage: ["stage-done", "stage-failed"],
  discard: ["discard-done", "discard-failed"],
  finalize: ["finalize-done", "finalize-failed"],
} as const;

export const taskEvent = (effect: Other, outcome: Outcome): Event => {
  const failure = outcome.kind === "failed" ? plainFailure(outcome) : undefined;
  switch (effect.kind) {
    case "reboot":
      return failure === undefined ? { kind: "reboot-done" } : { kind: "reboot-failed", failure };
    case "rollback": {
      const release = refOf(effect.target);
      return failure === undefined
        ? { kind: "rollback-done", release }
        : { kind: "rollback-failed", release, failure };
    }
    case "hooks": {
      const { point } = effect;
      const release = refOf(effect.release);
      return failure === undefined
        ? { kind: "hooks-passed", point, release }
        : { kind: "hooks-held", point, release, failure };
    }
    case "preflight":
    case "sessions":
    case "warn":
    case "stage":
    case "discard":
    case "finalize": {
      const release = refOf(effect.release);
      const [done, failed] = EVENTS[effect.kind];
      return failure === undefined ? { kind: done, release } : { kind: failed, release, failure };
    }
  }
};
