/** The strategy `window`, told as a story. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { runAgent } from "../../src/engine/run.ts";
import { parseWindow } from "../../src/window/window.ts";
import { run } from "./story.ts";
import { anHour, HOUR, nodeWith, publish, stateOf, tick } from "./telling.ts";

describe("a node with windows", () => {
  it("stages at once and restarts in a window, is woken for it, and not later than it closes", async () => {
    const parsed = parseWindow("daily 10:00 for 1h");
    assert.ok(parsed.ok);
    const schedule = { timeZone: "UTC", windows: [parsed.window], blackouts: [] };
    const world = nodeWith("good", "good");
    // It is eight o'clock, and nobody asks the repository again before noon.
    world.settings = { ...world.settings, strategy: "window", schedule, pollSeconds: 4 * 3600 };
    publish(world, 2);
    await run(world, { kind: "check-asked" });
    await tick(world);
    assert.equal(stateOf(world), "staged");
    const opensAtMs = Date.UTC(2027, 0, 15, 10);
    const settled = await runAgent(world.ports, { kind: "tick" });
    assert.ok(settled.kind === "ran");
    assert.equal(world.nowMs + settled.wakeInMs, opensAtMs);
    world.nowMs = opensAtMs - 1000;
    await tick(world);
    assert.equal(stateOf(world), "staged");
    world.nowMs = opensAtMs;
    world.decide(true);
    await tick(world);
    assert.equal(world.booted.version, "2");

    // Kept for the next day: the other slot is not written before, either.
    world.settings = { ...world.settings, stage: "at-window" };
    world.nowMs = opensAtMs + HOUR;
    await anHour(world);
    publish(world, 3);
    const { staged } = world;
    await run(world, { kind: "check-asked" });
    assert.deepEqual([stateOf(world), world.staged], ["waiting", staged]);
    const waiting = await runAgent(world.ports, { kind: "tick" });
    assert.ok(waiting.kind === "ran" && waiting.wakeInMs > 4 * HOUR * 0.8);
    world.nowMs = opensAtMs + 24 * HOUR;
    world.decide(true);
    await tick(world);
    assert.equal(world.booted.version, "3");
  });
});
