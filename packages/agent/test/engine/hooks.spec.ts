/** What holds a release on its way, told as a story: hooks, and those who are logged in. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { runAgent } from "../../src/engine/run.ts";
import { run } from "./story.ts";
import { HOUR, nodeWith, publish, refusalOf, stateOf, tick, upgraded } from "./telling.ts";
import type { World } from "./world.ts";

const MINUTE = 60_000;
const check = (world: World): Promise<void> => run(world, { kind: "check-asked" });
const skips = { kind: "update-asked", skipHooks: true } as const;

/** A node before which a release lies, and nobody has looked yet. */
const withOffer = (): World => {
  const world = nodeWith("good", "good");
  publish(world, 2);
  return world;
};

describe("hooks on the way of a release", () => {
  it("are asked in the order of the points, each before what it is named for", async () => {
    const world = withOffer();
    await check(world);
    assert.deepEqual(world.asked, ["pre-fetch", "pre-stage", "sessions", "pre-reboot"]);
    assert.equal(world.booted.version, "2");
  });

  it("hold it before anything is written, and are asked again, later each time", async () => {
    const world = withOffer();
    world.holding = "HOOK_HELD";
    await check(world);
    assert.deepEqual([stateOf(world), world.staged, world.asked], ["fetching", 0, ["pre-fetch"]]);
    const state = world.journal?.state;
    assert.ok(state?.kind === "fetching");
    assert.equal(state.failure?.code, "HOOK_HELD");
    for (let looks = 0; looks < 60 && world.asked.length < 20; looks += 1) await tick(world);
    // The repository is asked in between, where there may be something else by now.
    assert.ok(world.asked.every((point) => point === "pre-fetch"));
    assert.deepEqual([world.booted.version, world.staged], ["1", 0]);
    world.holding = undefined;
    for (let looks = 0; looks < 10; looks += 1) await tick(world);
    assert.equal(world.booted.version, "2");
  });

  it("hold a restart with the ESP as it was, and a rollback's way as it was", async () => {
    const world = withOffer();
    world.holding = "HOOK_HELD";
    world.isHeldAtReboot = true;
    await check(world);
    assert.equal(stateOf(world), "staged");
    assert.equal(world.observe().other.standing, "staged");
    const state = world.journal?.state;
    assert.ok(state?.kind === "staged" && state.attempts === 1);
    assert.ok(!world.records.some(({ kind }) => kind === "finalized"));
  });

  it("that want to be asked again soon are, and it is no attempt", async () => {
    const world = withOffer();
    world.holding = "HOOK_NOT_YET";
    world.isHeldAtReboot = true;
    await check(world);
    for (let looks = 0; looks < 12; looks += 1) {
      const before = world.asked.length;
      const state = world.journal?.state;
      assert.ok(state?.kind === "staged" && state.attempts === 0);
      const inMs = state.retryAtMs - world.nowMs;
      assert.ok(inMs <= 1.2 * MINUTE, String(inMs));
      world.nowMs = state.retryAtMs;
      await tick(world);
      assert.ok(world.asked.length > before);
    }
    const early = withOffer();
    early.holding = "HOOK_NOT_YET";
    await check(early);
    for (let looks = 0; looks < 30; looks += 1) await tick(early);
    assert.equal(stateOf(early), "fetching");
  });

  it("are asked by hand too, and an operator hears what they say", async () => {
    const world = withOffer();
    world.holding = "HOOK_HELD";
    assert.equal(await refusalOf(world, { kind: "update-asked" }), "HOOK_HELD");
    assert.equal(world.booted.version, "1");
  });

  it("are passed over by an operator's order, which the history keeps", async () => {
    const world = withOffer();
    world.holding = "HOOK_HELD";
    await run(world, skips);
    assert.deepEqual([world.booted.version, world.asked], ["2", []]);
    assert.deepEqual(
      world.records.flatMap((record) => (record.kind === "hooks-skipped" ? [record.aheadOf] : [])),
      ["stage", "finalize"],
    );
  });

  it("that an operator has passed over once count again with the next order", async () => {
    const world = withOffer();
    world.settings = { ...world.settings, strategy: "manual" };
    await check(world);
    world.failing = 1;
    await run(world, skips);
    assert.equal(stateOf(world), "staged");
    world.holding = "HOOK_HELD";
    assert.equal(await refusalOf(world, { kind: "update-asked" }), "HOOK_HELD");
    const state = world.journal?.state;
    assert.ok(state?.kind === "staged" && state.skipHooks === undefined);
  });

  it("take their time: what an operator orders meanwhile counts", async () => {
    const world = withOffer();
    const { hooks } = world.ports.tasks;
    const paused = {
      ...world.ports,
      tasks: {
        ...world.ports.tasks,
        hooks: async (...args: Parameters<typeof hooks>) => {
          if (args[0].point === "pre-reboot") world.order({ kind: "paused" });
          return hooks(...args);
        },
      },
    };
    await runAgent(paused, { kind: "check-asked" });
    const state = world.journal?.state;
    assert.ok(state?.kind === "staged");
    assert.equal(state.failure?.code, "PAUSED");
  });

  it("are told of a rollback when nothing can keep it any more, and have no say", async () => {
    const world = await upgraded("good");
    world.asked.length = 0;
    world.holding = "HOOK_HELD";
    await run(world, { kind: "rollback-asked", reason: "slow" });
    assert.deepEqual([world.booted.version, world.asked], ["1", ["pre-reboot (rollback)"]]);
  });
});

describe("a restart that nobody asked for", () => {
  it("is put off for those who are logged in, so often and no more", async () => {
    const world = withOffer();
    world.isSomebodyThere = true;
    await check(world);
    const began = world.nowMs;
    for (let time = 1; time <= 3; time += 1) {
      const state = world.journal?.state;
      assert.ok(state?.kind === "staged" && state.postponed === time);
      assert.deepEqual([state.failure?.code, state.attempts], ["SESSIONS", 0]);
      world.nowMs = state.retryAtMs - 1000;
      await tick(world);
      assert.equal(world.booted.version, "1");
      world.nowMs = state.retryAtMs;
      await tick(world);
    }
    assert.equal(world.booted.version, "2");
    assert.deepEqual(
      world.asked.filter((what) => what.startsWith("warn")),
      ["warn 30", "warn 20", "warn 10"],
    );
    assert.ok(world.nowMs - began <= HOUR);
  });

  it("comes as soon as they are gone", async () => {
    const world = withOffer();
    world.isSomebodyThere = true;
    await check(world);
    world.isSomebodyThere = false;
    world.nowMs += 10 * MINUTE;
    await tick(world);
    assert.equal(world.booted.version, "2");
  });

  it("waits for nobody where the settings say so, or an operator wants it", async () => {
    for (const sessions of [
      { postponeMinutes: 0, postponeTimes: 3 },
      { postponeMinutes: 10, postponeTimes: 0 },
    ]) {
      const world = withOffer();
      world.isSomebodyThere = true;
      world.settings = { ...world.settings, sessions };
      await check(world);
      assert.deepEqual([world.booted.version, world.asked.includes("sessions")], ["2", false]);
    }
    const world = withOffer();
    world.isSomebodyThere = true;
    await check(world);
    await run(world, { kind: "update-asked" });
    assert.equal(world.booted.version, "2");
  });

  it("is put off anew for each release", async () => {
    const world = withOffer();
    world.isSomebodyThere = true;
    world.settings = { ...world.settings, sessions: { postponeMinutes: 60, postponeTimes: 2 } };
    await check(world);
    publish(world, 3);
    await check(world);
    const state = world.journal?.state;
    assert.ok(state?.kind === "staged");
    assert.deepEqual([state.release.version, state.postponed], ["3", 1]);
  });
});
