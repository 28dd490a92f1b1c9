/** The task that asks hooks: what it goes by, and what it answers. */
import assert from "node:assert/strict";
import { linuxClock } from "@slipway/host";
import { describe, it } from "mocha";
import type { Ending, HookProgram } from "../../src/hooks/ports.ts";
import type { TaskContext } from "../../src/tasks/context.ts";
import { hooks } from "../../src/tasks/hooks.ts";
import { ONE, TWO } from "../cli/an-agent.ts";

const UPDATE = {
  kind: "hooks",
  point: "pre-reboot",
  release: TWO,
  reason: "update",
  byHand: true,
} as const;

/** A node with one hook that ends like this. */
const asking = async (
  ending: Ending,
  effect: Parameters<typeof hooks>[1],
  hookTimeoutSeconds?: number,
) => {
  const ran: HookProgram[] = [];
  const logged: string[] = [];
  const context = {
    look: async () => ({ facts: { image: "edge", booted: { ...ONE, slot: "a" } } }),
    settings: async () => ({ hookTimeoutSeconds }),
    hooks: {
      names: async (directory: string) => (directory.startsWith("/etc") ? ["10-a"] : []),
      fileAt: async () => "program",
      run: async (program: HookProgram) => {
        ran.push(program);
        return ending;
      },
      clock: linuxClock,
      log: (line: string) => logged.push(line),
    },
  } as unknown as TaskContext;
  return { outcome: await hooks(context, effect), ran, logged };
};

const NO: Ending = { kind: "exited", status: 1 };

describe("the task of hooks", () => {
  it("answers with what holds the release", async () => {
    const { outcome, ran } = await asking(NO, UPDATE);
    assert.ok(outcome.kind === "failed");
    assert.equal(outcome.code, "HOOK_HELD");
    assert.equal(ran[0]?.file, "/etc/slipway/hooks/pre-reboot.d/10-a");
    assert.equal(ran[0].timeoutMs, 900_000);
    assert.equal(ran[0].environment["SLIPWAY_BOOTED_VERSION"], "1");
    assert.equal(ran[0].environment["SLIPWAY_TARGET_VERSION"], "2");
    assert.equal(ran[0].environment["SLIPWAY_BY_HAND"], "1");
    const through = await asking({ kind: "exited", status: 0 }, UPDATE);
    assert.deepEqual(through.outcome, { kind: "done" });
  });

  it("gives them the time that the settings say", async () => {
    const { ran } = await asking(NO, UPDATE, 120);
    assert.equal(ran[0]?.timeoutMs, 120_000);
    assert.equal(ran[0].environment["SLIPWAY_TIMEOUT_SECONDS"], "120");
  });

  it("holds no rollback, however they end, and gives them half a minute", async () => {
    for (const ending of [
      NO,
      { kind: "timed-out" },
      { kind: "killed", signal: "SIGKILL" },
    ] as const) {
      const { outcome, ran, logged } = await asking(ending, { ...UPDATE, reason: "rollback" }, 600);
      assert.deepEqual([outcome, ran[0]?.timeoutMs], [{ kind: "done" }, 30_000]);
      assert.equal(ran[0]?.environment["SLIPWAY_REASON"], "rollback");
      assert.match(logged.join(), /pre-reboot\.d\/10-a: /);
    }
  });
});
