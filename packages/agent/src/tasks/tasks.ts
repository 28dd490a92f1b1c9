/** The tasks as the engine calls them: one function an effect, each answering an outcome. A helper does one of them, and loads the code of that one alone. */
import type { Tasks } from "../engine/ports.ts";
import type { TaskContext } from "./context.ts";
import { failed, failureOf, outcomeOf } from "./outcome.ts";

const slots = () => import("./rollback.ts");
const people = () => import("./sessions.ts");

export const tasksOf = (context: TaskContext): Tasks => ({
  check: async ({ request }, ledger) =>
    (await import("./check.ts")).check(context, request, ledger),
  preflight: async ({ before, release }, ledger) => {
    try {
      const { facts } = await context.look();
      const buildDate = await context.buildDate();
      const now = context.clock.now();
      const { refusal } = await import("./preflight.ts");
      const found = refusal({ before, release, facts, ledger, now, buildDate });
      return found === undefined ? { kind: "done" } : failed(found);
    } catch (error) {
      return failureOf(error);
    }
  },
  hooks: async (effect) => {
    try {
      return await (await import("./hooks.ts")).hooks(context, effect);
    } catch (error) {
      return failureOf(error);
    }
  },
  sessions: async () => (await people()).sessions(context),
  warn: (effect) => outcomeOf(async () => (await people()).warn(context, effect)),
  stage: (request, ledger) =>
    outcomeOf(async () => (await import("./stage.ts")).stageRelease(context, request, ledger)),
  discard: ({ release }) => outcomeOf(async () => (await slots()).discard(context, release)),
  finalize: ({ release }, ledger) =>
    outcomeOf(async () =>
      (await import("./finalize.ts")).finalizeRelease(context, release, ledger),
    ),
  rollback: (request) => outcomeOf(async () => (await slots()).rollBack(context, request)),
  lease: async (effect) => (await import("./lease.ts")).askLockServer(context, effect),
  reboot: ({ reason }) =>
    outcomeOf(async () => (await import("./reboot.ts")).reboot(context, reason)),
});
