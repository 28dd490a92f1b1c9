/** What an operator relies on, told one story at a time. The world is the one of the random stories. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { look, runAgent } from "../../src/engine/run.ts";
import { rollbackTarget } from "../../src/machine/rollback-target.ts";
import { forgive, pin, unpin } from "../../src/orders/orders.ts";
import { run } from "./story.ts";
import { HOUR, anHour, nodeWith, publish, refusalOf, stateOf, tick, upgraded } from "./telling.ts";
import { Off, worldRelease } from "./small-node.ts";
import { World } from "./world.ts";

describe("the engine", () => {
  it("takes what is offered, and writes down what it did", async () => {
    const world = await upgraded();
    assert.deepEqual(
      world.records.map(({ kind }) => kind),
      ["installed", "good", "staged", "finalized", "good"],
    );
    assert.equal(stateOf(world), "steady");
    assert.deepEqual(world.violations, []);
  });

  for (const nature of ["fails", "panics", "silent"] as const)
    it(`is back on the old release when the new one ${nature}, and does not try it again`, async () => {
      const world = nodeWith(nature, "good");
      publish(world, 2);
      for (let hours = 0; hours < 10; hours++) await anHour(world);
      assert.equal(world.booted.version, "1");
      assert.equal(world.staged, 1);
      assert.deepEqual(world.records.filter(({ kind }) => kind === "failed").length, 1);
      publish(world, 3);
      await anHour(world);
      assert.equal(world.booted.version, "3");
    });

  it("asks whoever may know why a release did not come up, before it is written down", async () => {
    const world = nodeWith("panics");
    publish(world, 2);
    await tick(world);
    world.nowMs += HOUR;
    await tick(world);
    const evidence = { source: "panic", lines: ["Kernel panic - not syncing"] } as const;
    const asked: string[] = [];
    await runAgent(
      {
        ...world.ports,
        evidence: async ({ version }) => {
          asked.push(version);
          return evidence;
        },
      },
      { kind: "tick" },
    );
    assert.deepEqual(asked, ["2"]);
    const [failed] = world.records.filter(({ kind }) => kind === "failed");
    assert.deepEqual(failed?.kind === "failed" && failed.evidence, evidence);
  });

  it("takes what a task throws for its failure, and tells it", async () => {
    const world = nodeWith("good");
    publish(world, 2);
    const { tasks } = world.ports;
    const broken: typeof tasks = {
      ...tasks,
      check: () => Promise.reject(new Error("a bug\nof ours")),
    };
    const result = await runAgent({ ...world.ports, tasks: broken }, { kind: "update-asked" });
    assert.ok(result.kind === "ran");
    assert.deepEqual(result.refusal, { code: "ILLEGAL", message: "a bug of ours" });
    assert.ok(result.state.kind === "steady" && result.state.polling.failures === 1);
  });

  it("rolls back with one order, and fifty polls later nothing was installed", async () => {
    const world = await upgraded();
    await run(world, { kind: "rollback-asked", reason: "too slow" });
    assert.equal(world.booted.version, "1");
    const { staged } = world;
    publish(world, 3);
    for (let polls = 0; polls < 50; polls++) {
      world.nowMs += HOUR;
      await tick(world);
    }
    assert.equal(world.booted.version, "1");
    assert.equal(world.staged, staged);
    assert.equal(world.ledger.pin?.version, "1");
    assert.ok(world.ledger.forbidden.has(world.releases[1]?.roothash ?? ""));
  });

  it("goes on with a rollback that was cut, wherever that was", async () => {
    for (let cut = 0; cut < 20; cut++) {
      const world = await upgraded();
      world.cutAfter(cut);
      await run(world, { kind: "rollback-asked", reason: "too slow" });
      const wasOrdered = world.records.some(({ kind }) => kind === "rolled-back");
      await anHour(world);
      assert.equal(world.booted.version, wasOrdered ? "1" : "2", `cut after ${cut} steps`);
      assert.equal(stateOf(world), "steady");
    }
  });

  it("goes on with an update by hand that was cut, wherever that was", async () => {
    const outcomes = new Set<string>();
    for (let cut = 0; cut < 20; cut++) {
      const world = nodeWith("good");
      world.settings = { ...world.settings, strategy: "manual" };
      publish(world, 2);
      await anHour(world);
      assert.equal(stateOf(world), "staged");
      world.cutAfter(cut);
      await run(world, { kind: "update-asked" });
      const wasOrdered = stateOf(world) !== "staged";
      await anHour(world);
      assert.equal(world.booted.version, wasOrdered ? "2" : "1", `cut after ${cut} steps`);
      outcomes.add(world.booted.version);
    }
    assert.deepEqual([...outcomes], ["1", "2"]);
  });

  it("takes a release again that was forgiven, once nothing pins the node", async () => {
    const world = await upgraded();
    await run(world, { kind: "rollback-asked", reason: "too slow" });
    await anHour(world);
    for (const entry of forgive(world.ledger, { name: "2" })) world.order(entry);
    await anHour(world);
    assert.equal(world.booted.version, "1");
    world.order(unpin());
    await anHour(world);
    assert.equal(world.booted.version, "2");
  });

  it("says which release a rollback reaches, and how to get one where it is none", async () => {
    const world = nodeWith("good", "good");
    const target = async (): Promise<string> => {
      const { observed, ledger } = await look(world.ports);
      const reached = rollbackTarget(observed, ledger);
      return reached.kind === "release" ? reached.release.version : `none: ${reached.why.message}`;
    };
    assert.match(await target(), /^none: the other slot holds no release/);
    publish(world, 2);
    await anHour(world);
    assert.equal(await target(), "1");
    world.settings = { ...world.settings, strategy: "manual" };
    publish(world, 3);
    await anHour(world);
    assert.equal(stateOf(world), "staged");
    assert.match(await target(), /^none: 3 is staged over/);
    assert.equal(
      await refusalOf(world, { kind: "rollback-asked", reason: "why not" }),
      "NOTHING_TO_ROLL_BACK_TO",
    );
  });

  it("says that it finalizes while another process does, and what is left of it when that was killed", async () => {
    const world = nodeWith("good");
    world.settings = { ...world.settings, strategy: "manual" };
    publish(world, 2);
    await anHour(world);
    // Killed at one step after the other, until that is in the middle of it.
    for (let cut = 0; stateOf(world) !== "finalizing" && cut < 20; cut++) {
      world.cutAfter(cut);
      await run(world, { kind: "update-asked" }, true);
    }
    assert.equal(stateOf(world), "finalizing");
    const kept = async () => undefined;
    assert.equal((await look(world.ports)).state.kind, "staged");
    assert.equal((await look({ ...world.ports, lock: kept })).state.kind, "finalizing");
    world.boot();
    assert.equal((await look({ ...world.ports, lock: kept })).state.kind, "staged");
  });

  it("keeps the other slot until the gate opens, where the node is set so", async () => {
    const world = await upgraded("good");
    world.settings = { ...world.settings, strategy: "manual", stage: "at-window" };
    publish(world, 3);
    const { staged } = world;
    await anHour(world);
    assert.equal(stateOf(world), "waiting");
    assert.equal(world.staged, staged);
    const { observed, ledger } = await look(world.ports);
    assert.equal(rollbackTarget(observed, ledger).kind, "release");
    await run(world, { kind: "update-asked" });
    assert.equal(world.booted.version, "3");
  });

  it("takes nothing while it is paused, but what is asked for by hand", async () => {
    const world = nodeWith("good");
    world.order({ kind: "paused", reason: "the fair" });
    publish(world, 2);
    await anHour(world);
    assert.equal(world.staged, 0);
    assert.deepEqual(
      world.journal?.lastCheck?.answer.kind === "offer" &&
        world.journal.lastCheck.answer.blocker?.code,
      "PAUSED",
    );
    await run(world, { kind: "update-asked" });
    assert.equal(world.booted.version, "2");
  });

  it("drops what is staged when the node is pinned to something else", async () => {
    const world = nodeWith("good");
    world.settings = { ...world.settings, strategy: "manual" };
    publish(world, 2);
    await anHour(world);
    assert.equal(stateOf(world), "staged");
    world.order(pin(world.booted, { reason: "audit" }));
    await tick(world);
    assert.equal(stateOf(world), "steady");
    assert.equal(world.observe().other.release, undefined);
    assert.equal(await refusalOf(world, { kind: "update-asked", to: "2" }), "PINNED");
  });

  it("refuses to write, and to roll back, while the booted release is on probation", async () => {
    const world = nodeWith("good", "good");
    publish(world, 2);
    await tick(world);
    world.nowMs += HOUR;
    await tick(world);
    assert.equal(world.observe().booted.standing, "counting");
    for (const kind of ["update-asked", "rollback-asked"] as const)
      assert.equal(
        await refusalOf(world, kind === "update-asked" ? { kind } : { kind, reason: "no" }),
        "ON_PROBATION",
      );
  });

  it("rolls back below what was blessed only to the epoch that an operator accepts", async () => {
    const world = new World([worldRelease(1, "good", 0), worldRelease(2, "good", 3)]);
    publish(world, 2);
    await anHour(world);
    assert.equal(world.ledger.floor, 3);
    const ask = (acceptEpoch?: number): Promise<string | undefined> =>
      refusalOf(world, {
        kind: "rollback-asked",
        reason: "must be",
        ...(acceptEpoch === undefined ? {} : { acceptEpoch }),
      });
    assert.equal(await ask(), "BELOW_FLOOR");
    assert.equal(await ask(1), "BELOW_FLOOR");
    assert.equal(await ask(0), undefined);
    world.boot();
    assert.equal(world.booted.version, "1");
  });

  it("gives up a release whose staging ends the agent every time", async () => {
    const world = nodeWith("good");
    publish(world, 2);
    let attempts = 0;
    const { tasks } = world.ports;
    const deadly: typeof tasks = {
      ...tasks,
      stage: (effect, ledger) => {
        attempts++;
        world.cutAfter(0);
        return tasks.stage(effect, ledger);
      },
    };
    for (let runs = 0; runs < 60; runs++) {
      const state = world.journal?.state;
      if (state?.kind === "steady" && state.polling.failure?.code === "UNFINISHED") break;
      try {
        await runAgent({ ...world.ports, tasks: deadly }, { kind: "tick" });
      } catch (error) {
        assert.ok(error instanceof Off);
        world.revive();
      }
      world.nowMs += HOUR;
    }
    assert.equal(stateOf(world), "steady");
    assert.equal(attempts, 8);
  });

  it("asks the repository at its own pace even where the question ends the agent", async () => {
    const world = nodeWith("good");
    await tick(world);
    let questions = 0;
    const { tasks } = world.ports;
    const deadly: typeof tasks = {
      ...tasks,
      check: (effect, ledger) => {
        questions++;
        world.cutAfter(0);
        return tasks.check(effect, ledger);
      },
    };
    for (let minutes = 0; minutes < 60; minutes++) {
      try {
        await runAgent({ ...world.ports, tasks: deadly }, { kind: "tick" });
      } catch (error) {
        assert.ok(error instanceof Off);
        world.revive();
      }
      world.nowMs += HOUR / 60;
    }
    assert.ok(questions >= 5 && questions <= 7, `${questions} questions in an hour`);
  });

  it("takes a release for failed that the loader passes over three times", async () => {
    const world = nodeWith("good");
    publish(world, 2);
    for (let boots = 0; boots < 20 && world.ledger.forbidden.size === 0; boots++) {
      world.menuChoice = "other";
      world.nowMs += HOUR;
      await tick(world);
    }
    const [failed] = world.records.filter(({ kind }) => kind === "failed");
    assert.ok(failed?.kind === "failed");
    assert.match(failed.reason, /the loader does not boot it/);
    assert.equal(stateOf(world), "steady");
  });

  it("stops trying, and says so, when the release that it was to roll back to does not come up", async () => {
    const world = await upgraded("good");
    publish(world, 3);
    await anHour(world);
    world.order({ kind: "paused" });
    // Somebody boots 2 by hand, it never comes up again, and is forgiven nevertheless.
    world.menuChoice = "other";
    world.boot();
    await tick(world);
    world.giveWay();
    await tick(world);
    for (const entry of forgive(world.ledger, { name: "2" })) world.order(entry);
    await run(world, { kind: "rollback-asked", reason: "to see" });
    await anHour(world);
    assert.equal(world.booted.version, "3");
    const state = world.journal?.state;
    assert.equal(state?.kind === "held" && state.failure.code, "BOOTED_IS_BAD");
    assert.match(
      world.ledger.forbidden.get(world.releases[1]?.roothash ?? "")?.reason ?? "",
      /did not come up when it was rolled back to/,
    );
    assert.deepEqual(world.violations, []);
  });

  it("finds its way without a journal", async () => {
    const world = nodeWith("good");
    publish(world, 2);
    for (let runs = 0; runs < 12 && world.booted.version === "1"; runs++) {
      world.cutAfter(25 + runs);
      await tick(world);
      world.loseJournal();
      world.nowMs += HOUR;
    }
    world.loseJournal();
    await anHour(world);
    assert.equal(world.booted.version, "2");
    assert.ok(world.ledger.isCurrentGood);
  });

  it("writes nothing at all on a degraded node, whose /var is a temporary one", async () => {
    const world = nodeWith("good");
    world.isDegraded = true;
    publish(world, 2);
    await anHour(world);
    assert.equal(stateOf(world), "held");
    assert.deepEqual(world.records, []);
    assert.equal(await refusalOf(world, { kind: "update-asked" }), "DEGRADED");
  });

  it("does not write its journal anew when nothing has changed", async () => {
    const world = nodeWith();
    await tick(world);
    world.nowMs += HOUR;
    await runAgent(world.ports, { kind: "tick" });
    const { journal } = world;
    await runAgent(world.ports, { kind: "tick" });
    assert.equal(world.journal, journal);
  });

  it("does nothing when another process is at it", async () => {
    const world = nodeWith("good");
    const result = await runAgent(
      { ...world.ports, lock: async () => undefined },
      { kind: "tick" },
    );
    assert.deepEqual(result, { kind: "busy" });
    assert.equal(world.journal, undefined);
  });
});
