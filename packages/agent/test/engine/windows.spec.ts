/** The strategy `window`, told as a story. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { runAgent } from "../../src/engine/run.ts";
import type { Schedule } from "../../src/window/gate.ts";
import { parseWindow } from "../../src/window/window.ts";
import { run } from "./story.ts";
import { anHour, HOUR, MINUTE, nodeWith, publish, stateOf, tick } from "./telling.ts";

const dailyAtTen = (): Schedule => {
  const parsed = parseWindow("daily 10:00 for 1h");
  assert.ok(parsed.ok);
  return { timeZone: "UTC", windows: [parsed.window], blackouts: [] };
};
const OPENS_AT_MS = Date.UTC(2027, 0, 15, 10);

describe("a node with windows", () => {
  it("stages at once and restarts in a window, is woken for it, and not later than it closes", async () => {
    const world = nodeWith("good", "good");
    // It is eight o'clock, and nobody asks the repository again before noon.
    world.settings = {
      ...world.settings,
      strategy: "window",
      schedule: dailyAtTen(),
      pollSeconds: 4 * 3600,
    };
    publish(world, 2);
    await run(world, { kind: "check-asked" });
    await tick(world);
    assert.equal(stateOf(world), "staged");
    const settled = await runAgent(world.ports, { kind: "tick" });
    assert.ok(settled.kind === "ran");
    assert.equal(world.nowMs + settled.wakeInMs, OPENS_AT_MS);
    world.nowMs = OPENS_AT_MS - 1000;
    await tick(world);
    assert.equal(stateOf(world), "staged");
    world.nowMs = OPENS_AT_MS;
    world.decide(true);
    await tick(world);
    assert.equal(world.booted.version, "2");

    // Kept for the next day: the other slot is not written before, either.
    world.settings = { ...world.settings, stage: "at-window" };
    world.nowMs = OPENS_AT_MS + HOUR;
    await anHour(world);
    publish(world, 3);
    const { staged } = world;
    await run(world, { kind: "check-asked" });
    assert.deepEqual([stateOf(world), world.staged], ["waiting", staged]);
    const waiting = await runAgent(world.ports, { kind: "tick" });
    assert.ok(waiting.kind === "ran" && waiting.wakeInMs > 4 * HOUR * 0.8);
    world.nowMs = OPENS_AT_MS + 24 * HOUR;
    world.decide(true);
    await tick(world);
    assert.equal(world.booted.version, "3");
  });

  it("keeps what is staged when the window opens sooner than something newer could be staged", async () => {
    const world = nodeWith("good", "good", "good", "good");
    world.settings = { ...world.settings, strategy: "window", schedule: dailyAtTen() };
    world.stagingMs = 10 * MINUTE;
    const meets = async (version: number, minutesBefore: number): Promise<unknown> => {
      world.nowMs = OPENS_AT_MS - minutesBefore * MINUTE;
      publish(world, version);
      await runAgent(world.ports, { kind: "check-asked" });
      const state = world.journal?.state;
      return state?.kind === "staged" ? state.release.version : state?.kind;
    };
    assert.equal(await meets(2, 100), "2");
    // There is time for it to be staged twice.
    assert.equal(await meets(3, 21), "3");
    assert.equal(await meets(4, 9), "3");
    assert.equal(world.staged, 2);
    world.nowMs = OPENS_AT_MS;
    world.decide(true);
    await tick(world);
    assert.equal(world.booted.version, "3");

    // The newest is not forgotten.
    await anHour(world);
    assert.equal(world.staged, 3);
    world.nowMs = OPENS_AT_MS + 24 * HOUR;
    world.decide(true);
    await tick(world);
    assert.equal(world.booted.version, "4");
  });
});
