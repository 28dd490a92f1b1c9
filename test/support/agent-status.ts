/** What the agent on a node says of itself, for tests that wait until it says something. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { MachineSession } from "@slipway/composer/testing";
import { outputOf } from "./node-machine.ts";

interface Trouble {
  readonly code: string;
  readonly message: string;
}

/** The part of `slipway-agent status --json` that tests look at. */
export interface AgentStatus {
  readonly booted: { readonly version: string; readonly standing: string; readonly slot: string };
  readonly state: { readonly kind: string; readonly failure?: Trouble };
  readonly staged?: { readonly version: string };
  readonly rollback: { readonly kind: string; readonly version?: string; readonly code?: string };
  readonly pin?: { readonly version: string };
  readonly forbidden: readonly { readonly version: string }[];
  readonly why?: Trouble;
  readonly lastCheck?: { readonly answer: string };
}

const isStatus = (value: unknown): value is AgentStatus =>
  typeof value === "object" && value !== null && "booted" in value && "state" in value;

export const agentStatus = async (machine: MachineSession): Promise<AgentStatus> => {
  const text = await outputOf(machine, "slipway-agent status --json");
  const status: unknown = JSON.parse(text);
  assert.ok(isStatus(status), text);
  return status;
};

/** Under emulation each look takes some seconds of what the agent is busy with. */
const LOOK_MS = 4000;

/** Waits until the agent says what `wanted` wants to hear; fails with the last that it said, and what it logged. */
export const statusThat = async (
  machine: MachineSession,
  wanted: (status: AgentStatus) => boolean,
  timeoutMs = 600_000,
): Promise<AgentStatus> => {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const status = await agentStatus(machine);
    if (wanted(status)) return status;
    if (performance.now() > end) {
      const { stdout } = await machine.run(
        "journalctl --boot --no-pager --unit='slipway-*' | tail -n 60",
      );
      assert.fail(`the agent says ${JSON.stringify(status)}\n${stdout}`);
    }
    await sleep(LOOK_MS);
  }
};
