/** The node's hooks on the way to another release. */
import type { Outcome } from "../engine/ports.ts";
import { limitsOf } from "../hooks/point.ts";
import { askHooks, type HookRun, tellHooks } from "../hooks/run-hooks.ts";
import type { TaskEffect } from "../machine/effect.ts";
import type { TaskContext } from "./context.ts";
import { failed } from "./outcome.ts";

type HooksEffect = Extract<TaskEffect, { readonly kind: "hooks" }>;

/** Hooks may run again after whatever cut them: nobody keeps which of them have passed. @throws NodeError */
export const hooks = async (
  context: Pick<TaskContext, "look" | "settings" | "hooks" | "signal">,
  { point, release, reason, byHand }: HooksEffect,
): Promise<Outcome> => {
  const { facts } = await context.look();
  const { hookTimeoutSeconds: timeoutSeconds } = await context.settings();
  const { signal } = context;
  const run: HookRun = {
    call: {
      point,
      image: facts.image,
      booted: { version: facts.booted.version, roothash: facts.booted.roothash },
      target: { release, reason, byHand },
    },
    limits: limitsOf(point, { reason, timeoutSeconds }),
    ...(signal === undefined ? {} : { signal }),
  };
  if (reason === "rollback") {
    await tellHooks(context.hooks, run);
    return { kind: "done" };
  }
  const hold = await askHooks(context.hooks, run);
  return hold === undefined ? { kind: "done" } : failed(hold);
};
