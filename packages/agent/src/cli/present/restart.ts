/** When a node restarts into a release that it has: by itself, and by hand. Pure. */
import { machineSettings } from "../../config/machine-settings.ts";
import { gateOpensAt } from "../../machine/guards.ts";
import type { Look } from "../agent.ts";
import { dateAndDistance } from "./time.ts";

/** Every update restarts the node; the question is when it does so by itself. */
export interface Restart {
  /** As the settings have it; `manual` while they have an error. */
  readonly strategy: "immediate" | "window" | "lock" | "manual";
  readonly isPaused: boolean;
  /** Seconds since 1970; absent where only an operator opens the gate. */
  readonly opensAt?: number;
}

export const restartOf = ({ ledger, leases, config, nodeId, now }: Look): Restart => {
  const settings = machineSettings(config, nodeId);
  const opensAtMs = gateOpensAt({ byHand: false }, { nowMs: now * 1000, ledger, leases, settings });
  return {
    strategy: settings.strategy,
    isPaused: ledger.pause !== undefined,
    ...(opensAtMs === Infinity ? {} : { opensAt: Math.ceil(opensAtMs / 1000) }),
  };
};

/** Where no moment is known. */
const WHEN_UNKNOWN: Readonly<Record<Restart["strategy"], string>> = {
  immediate: "as soon as it is staged",
  window: "in no window that is known; `slipway-agent update` does not wait",
  lock: "when the lock server lets it; `slipway-agent update` does not wait",
  manual: "with `slipway-agent update`, since the strategy is manual",
};

export const restartText = ({ strategy, isPaused, opensAt }: Restart, now: number): string => {
  if (isPaused)
    return "not by itself while updates are paused; `slipway-agent update --now` does not wait";
  if (opensAt === undefined) return WHEN_UNKNOWN[strategy];
  if (opensAt <= now) return "as soon as it is staged";
  return `by itself ${dateAndDistance(opensAt, now)}, when the window opens; \`slipway-agent update\` does not wait`;
};
