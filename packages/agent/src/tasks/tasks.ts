/** The tasks as the engine calls them: one function an effect, each answering an outcome. */
import type { Tasks } from "../engine/ports.ts";
import { check } from "./check.ts";
import type { TaskContext } from "./context.ts";
import { finalizeRelease } from "./finalize.ts";
import { hooks } from "./hooks.ts";
import { askLockServer } from "./lease.ts";
import { failed, failureOf, outcomeOf } from "./outcome.ts";
import { refusal } from "./preflight.ts";
import { reboot } from "./reboot.ts";
import { discard, rollBack } from "./rollback.ts";
import { sessions, warn } from "./sessions.ts";
import { stageRelease } from "./stage.ts";

export const tasksOf = (context: TaskContext): Tasks => ({
  check: ({ request }, ledger) => check(context, request, ledger),
  preflight: async ({ before, release }, ledger) => {
    try {
      const { facts } = await context.look();
      const buildDate = await context.buildDate();
      const now = context.clock.now();
      const found = refusal({ before, release, facts, ledger, now, buildDate });
      return found === undefined ? { kind: "done" } : failed(found);
    } catch (error) {
      return failureOf(error);
    }
  },
  hooks: async (effect) => {
    try {
      return await hooks(context, effect);
    } catch (error) {
      return failureOf(error);
    }
  },
  sessions: () => sessions(context),
  warn: (effect) => outcomeOf(() => warn(context, effect)),
  stage: (request, ledger) => outcomeOf(() => stageRelease(context, request, ledger)),
  discard: ({ release }) => outcomeOf(() => discard(context, release)),
  finalize: ({ release }, ledger) => outcomeOf(() => finalizeRelease(context, release, ledger)),
  rollback: (request) => outcomeOf(() => rollBack(context, request)),
  lease: (effect) => askLockServer(context, effect),
  reboot: ({ reason }) => outcomeOf(() => reboot(context, reason)),
});
