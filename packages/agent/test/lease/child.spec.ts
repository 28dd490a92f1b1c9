/** From the daemon through files and a child to the lock server, and back. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { manualClock } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { runTask } from "../../src/cli/node/run-task.ts";
import { taskFiles } from "../../src/daemon/task-files.ts";
import { unitTasks } from "../../src/daemon/unit-tasks.ts";
import type { LeaseEffect } from "../../src/machine/effect.ts";
import { askLockServer } from "../../src/tasks/lease.ts";
import { World } from "../engine/world.ts";
import { worldRelease } from "../engine/small-node.ts";
import { lockServer } from "./lock-server.ts";

describe("the daemon's child that speaks to lock servers", () => {
  it("asks what the daemon ordered, and hands back what the server said", async () => {
    await using server = await lockServer();
    const directory = mkdtempSync(path.join(tmpdir(), "slipway-lease-"));
    const files = taskFiles(directory);
    const world = new World([worldRelease(1, "good")]);
    const log = (): void => undefined;
    const inChild = {
      ...world.ports.tasks,
      lease: (effect: LeaseEffect) =>
        askLockServer({ nodeId: async () => "node-1", clock: manualClock() }, effect),
    };
    const tasks = unitTasks({
      files,
      systemd: {
        start: () => Promise.reject(new Error("no unit is started for this")),
        stop: () => Promise.reject(new Error("no unit is stopped for this")),
        reboot: () => Promise.reject(new Error("nobody reboots")),
      },
      runChild: (helper) =>
        runTask(helper, { files, tasks: inChild, ledger: world.ports.ledger, log }),
      hasRepository: async () => true,
      hasHooks: async () => false,
      newId: () => "0123456789abcdef",
      log,
      signal: new AbortController().signal,
    });
    const say = (kind: LeaseEffect["kind"]) =>
      tasks.lease({ kind, server: { address: server.url, group: "edge" } });
    try {
      server.slots.take("edge", "node-2");
      server.faults.push({ kind: "retry-after", value: "7" });
      const busy = await say("take-lease");
      assert.equal(busy.kind === "failed" && busy.retryAfterSeconds, 7);
      const held = await say("take-lease");
      assert.equal(held.kind === "failed" && held.code, "LOCK_HELD");
      server.slots.give("edge", "node-2");
      assert.deepEqual(await say("take-lease"), { kind: "done" });
      assert.deepEqual([...server.slots.holders("edge")], ["node-1"]);
      assert.deepEqual(await say("return-lease"), { kind: "done" });
      assert.deepEqual([...server.slots.holders("edge")], []);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
