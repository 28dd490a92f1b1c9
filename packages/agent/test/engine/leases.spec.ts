/** The strategy `lock`, told as stories: nodes with one lock server, and every way out of a restart. */
import assert from "node:assert/strict";
import { manualClock } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { runAgent } from "../../src/engine/run.ts";
import { isSameServer, type Lease } from "../../src/machine/lease.ts";
import { lockServer } from "../lease/lock-server.ts";
import { MOST_RETURNS } from "../../src/machine/tend-leases.ts";
import { Slots } from "../lease/slots.ts";
import { askLockServer } from "../../src/tasks/lease.ts";
import { run, settle } from "./story.ts";
import { HOUR, nodeWith, publish, stateOf, tick } from "./telling.ts";
import { type Nature, refOf } from "./small-node.ts";
import { groupOf, SERVERS, type World } from "./world.ts";

const [SERVER] = SERVERS;
const GROUP = SERVER === undefined ? "" : groupOf(SERVER);
const MINUTE = HOUR / 60;

/** A node with the strategy `lock` that has just told its server that it is there. */
const lockedNode = async (...natures: readonly Nature[]): Promise<World> => {
  const world = nodeWith(...natures);
  assert.ok(SERVER !== undefined);
  world.settings = { ...world.settings, strategy: "lock", lockServer: SERVER };
  await tick(world);
  return world;
};

const isHeld = (world: World): boolean => world.held.length > 0;

const leaseIn = ({ journal }: World): Lease | undefined => journal?.leases?.list[0];

/** The other node of the group goes, or is back. */
const theOther = {
  goes: ({ slots }: World): boolean => slots.take(GROUP, "another-node"),
  isBack: ({ slots }: World): void => slots.give(GROUP, "another-node"),
};

/** So much time goes by, in which the daemon looks whenever it wants to. */
const pass = async (world: World, ms: number): Promise<void> => {
  const untilMs = world.nowMs + ms;
  for (let looks = 0; world.nowMs < untilMs && looks < 200; looks++) await tick(world);
};

/** Published, taken with a lease, and booted: on probation. */
const restarted = async (...natures: readonly Nature[]): Promise<World> => {
  const world = await lockedNode(...natures);
  publish(world, 2);
  for (let looks = 0; looks < 5 && !world.isOnProbation; looks++)
    await run(world, { kind: "check-asked" });
  return world;
};

/** Killed between the grant and what it was for. */
const granted = async (...natures: readonly Nature[]): Promise<World> => {
  for (let cut = 0; cut < 80; cut++) {
    const world = await lockedNode(...natures);
    publish(world, 2);
    world.cutAfter(cut);
    await run(world, { kind: "check-asked" }, true);
    if (stateOf(world) === "staged" && leaseIn(world)?.standing === "held") return world;
  }
  throw new Error("no cut leads there");
};

const failed = { kind: "failed", code: "LUCK", message: "it was not to be" } as const;

/** What becomes of a staged release that has its lease: each is a way out, and the release that runs when all is quiet. */
const WAYS_OUT: readonly (readonly [string, (world: World) => Promise<void> | void, string])[] = [
  ["updates are paused", (world) => world.order({ kind: "paused" }), "1"],
  ["the node is pinned away", (world) => world.order({ kind: "pinned", version: "1" }), "1"],
  [
    "the release is forbidden",
    (world) => {
      const [, two] = world.releases;
      assert.ok(two !== undefined);
      world.mayHaveFailed.add(two.roothash);
      world.order({ kind: "failed", release: refOf(two), reason: "it is bad elsewhere" });
    },
    "1",
  ],
  [
    "the strategy is another one",
    (world) => {
      world.settings = { ...world.settings, strategy: "manual" };
    },
    "1",
  ],
  [
    "the lock server is another one",
    (world) => {
      const [, other] = SERVERS;
      assert.ok(other !== undefined);
      world.settings = { ...world.settings, lockServer: other };
    },
    "2",
  ],
  [
    "preflight is refused",
    async (world) => {
      world.failing = 1;
      await tick(world);
      assert.ok(!isHeld(world), "it is given back until the next attempt");
    },
    "2",
  ],
  [
    "finalizing fails",
    async (world) => {
      const tasks = { ...world.ports.tasks, finalize: async () => failed };
      await runAgent({ ...world.ports, tasks }, { kind: "tick" });
      assert.deepEqual([stateOf(world), isHeld(world)], ["staged", false]);
    },
    "2",
  ],
  [
    "an operator says update",
    async (world) => {
      await run(world, { kind: "update-asked" });
      assert.ok(world.isOnProbation && isHeld(world), "it has one, and it is down");
    },
    "2",
  ],
  [
    "the journal is lost",
    (world) => {
      world.loseJournal();
    },
    "2",
  ],
  [
    "the node restarts",
    (world) => {
      world.boot();
    },
    "2",
  ],
];

describe("a node with a lock server", () => {
  it("tells it once in each boot that it holds nothing, since a lost journal may have known better", async () => {
    const world = nodeWith();
    assert.ok(SERVER !== undefined);
    world.settings = { ...world.settings, strategy: "lock", lockServer: SERVER };
    // What another life of this node has left.
    world.slots.take(GROUP, world.nodeId);
    await tick(world);
    assert.ok(!isHeld(world));
    world.slots.take(GROUP, world.nodeId);
    await pass(world, HOUR);
    assert.ok(isHeld(world), "it was told in this boot already");
    world.boot();
    await tick(world);
    assert.ok(!isHeld(world));
  });

  it("restarts with a lease, keeps it through probation, and gives it back when it is blessed", async () => {
    const world = await restarted("good");
    assert.ok(world.isOnProbation && isHeld(world));
    await pass(world, 5 * MINUTE);
    assert.deepEqual([stateOf(world), isHeld(world)], ["probation", true]);
    world.decide(true);
    await tick(world);
    assert.deepEqual([world.booted.version, stateOf(world), isHeld(world)], ["2", "steady", false]);
    assert.equal(leaseIn(world), undefined);
    assert.deepEqual(world.violations, []);
  });

  for (const nature of ["fails", "panics", "silent"] as const)
    it(`gives it back on the old release when the new one ${nature === "silent" ? "is silent" : nature}`, async () => {
      const world = await restarted(nature);
      for (let looks = 0; looks < 8; looks++) {
        world.decide(true);
        await tick(world);
      }
      assert.deepEqual(
        [world.booted.version, stateOf(world), isHeld(world)],
        ["1", "steady", false],
      );
    });

  for (const [what, happens, version] of WAYS_OUT)
    it(`gives it back where ${what}`, async () => {
      const world = await granted("good");
      assert.ok(isHeld(world));
      await happens(world);
      await settle(world);
      assert.deepEqual(
        [world.booted.version, world.held, leaseIn(world)],
        [version, [], undefined],
      );
      assert.deepEqual(world.violations, []);
    });

  it("gives it back after a rollback that came before it could", async () => {
    const world = await restarted("good");
    world.decide(true);
    await run(world, { kind: "rollback-asked", reason: "slow" });
    assert.deepEqual([world.booted.version, isHeld(world)], ["1", true]);
    await settle(world);
    assert.deepEqual([world.booted.version, world.held], ["1", []]);
  });

  it("gives it back in the end, wherever it was cut or killed, once or twice", async () => {
    for (const killsOnly of [true, false])
      for (let cut = 0; cut < 60; cut++) {
        const world = await lockedNode("good");
        publish(world, 2);
        world.cutAfter(cut);
        await run(world, { kind: "check-asked" }, killsOnly);
        world.cutAfter(cut % 7);
        world.decide(true);
        await run(world, { kind: "tick" }, !killsOnly);
        await settle(world);
        assert.deepEqual([world.booted.version, world.held], ["2", []], `cut after ${cut} steps`);
        assert.deepEqual(world.violations, []);
      }
  });

  it("asks again where the answer was lost, and is granted what it has", async () => {
    const world = await lockedNode("good");
    publish(world, 2);
    world.lostAnswers = 1;
    await run(world, { kind: "check-asked" });
    assert.equal(leaseIn(world)?.failure?.code, "LOCK_UNREACHABLE");
    assert.ok(isHeld(world) && stateOf(world) === "staged");
    await pass(world, 5 * MINUTE);
    assert.ok(world.isOnProbation);
  });

  it("goes on although a former lock server never hears that all is over, and forgets that one some day", async () => {
    const world = await granted("good");
    const [, other] = SERVERS;
    assert.ok(other !== undefined);
    world.settings = { ...world.settings, lockServer: other };
    const { lease } = world.ports.tasks;
    let told = 0;
    const tasks: typeof world.ports.tasks = {
      ...world.ports.tasks,
      lease: async (effect) => {
        if (isSameServer(effect.server, other)) return lease(effect);
        told++;
        return { ...failed, code: "LOCK_UNREACHABLE" };
      },
    };
    const ports = { ...world.ports, tasks };
    let longestWait = 0;
    for (let looks = 0; looks < 3000; looks++) {
      const ran = await runAgent(ports, { kind: "tick" });
      if (ran.kind === "ran" && ran.isRebooting) world.boot();
      else if (ran.kind === "ran") world.nowMs += ran.wakeInMs;
      world.decide(true);
      if (ran.kind === "ran" && told > 10 && told < MOST_RETURNS)
        longestWait = Math.max(longestWait, ran.wakeInMs);
    }
    assert.deepEqual([world.booted.version, told, leaseIn(world)], ["2", MOST_RETURNS, undefined]);
    assert.ok(longestWait <= 15 * MINUTE);
  });

  it("waits while another one has it, asks again by and by, and goes when that one is back", async () => {
    const world = await lockedNode("good");
    theOther.goes(world);
    publish(world, 2);
    await run(world, { kind: "check-asked" });
    assert.equal(stateOf(world), "staged");
    const lease = leaseIn(world);
    assert.deepEqual(
      [lease?.standing, lease?.failures, lease?.failure?.code],
      ["asked", 1, "LOCK_HELD"],
    );
    await pass(world, 3 * HOUR);
    assert.equal(stateOf(world), "staged");
    // Woken for it, and not for the next look at the repository alone.
    const quiet = await runAgent(world.ports, { kind: "tick" });
    assert.ok(quiet.kind === "ran" && quiet.wakeInMs <= 15 * MINUTE);
    theOther.isBack(world);
    await pass(world, 20 * MINUTE);
    assert.ok(world.isOnProbation && isHeld(world));
  });

  it("waits for nobody when an operator says update, and for nobody to roll back", async () => {
    const world = await lockedNode("good");
    theOther.goes(world);
    publish(world, 2);
    await run(world, { kind: "update-asked" });
    assert.equal(world.booted.version, "2");
    world.decide(true);
    await tick(world);
    assert.deepEqual([stateOf(world), isHeld(world), leaseIn(world)], ["steady", false, undefined]);
    await run(world, { kind: "rollback-asked", reason: "slow" });
    assert.equal(world.booted.version, "1");
    assert.deepEqual([...world.slots.holders(GROUP)], ["another-node"]);
  });

  it("with stage: at-window keeps the other slot until it has a lease", async () => {
    const world = await lockedNode("good");
    world.settings = { ...world.settings, stage: "at-window" };
    theOther.goes(world);
    publish(world, 2);
    await run(world, { kind: "check-asked" });
    await pass(world, HOUR);
    assert.deepEqual([stateOf(world), world.staged], ["waiting", 0]);
    theOther.isBack(world);
    await pass(world, 20 * MINUTE);
    assert.ok(world.isOnProbation && isHeld(world));
  });
});

/** So many nodes of one group, on one clock. */
const fleetOf = async (count: number, slots: Slots): Promise<readonly World[]> => {
  const fleet: World[] = [];
  for (let index = 0; index < count; index++) {
    const world = await lockedNode("good", "good");
    world.slots = slots;
    world.nodeId = `node-${index}`;
    fleet.push(world);
  }
  return fleet;
};

/** On its way down, or not back yet. */
const isAway = (world: World): boolean =>
  world.isOnProbation ||
  (world.journal?.state.kind === "finalizing" && world.journal.state.phase === "rebooting");

describe("nodes with one lock server", () => {
  it("are never away two at a time, and all get through, with cuts, kills, lost answers and lost journals", async () => {
    const SEEDS = 150;
    for (let seed = 1; seed <= SEEDS; seed++) {
      let luck = seed;
      const draw = (below: number): number => {
        luck = (luck * 48_271) % 2_147_483_647;
        return luck % below;
      };
      const fleet = await fleetOf(3, new Slots());
      for (const world of fleet) publish(world, 2);
      let nowMs = 1_800_000_000_000;
      const isThrough = (): boolean =>
        fleet.every((world) => world.booted.version === "2" && stateOf(world) === "steady");
      for (let turn = 0; turn < 3000 && !isThrough(); turn++) {
        const world = fleet[draw(fleet.length)];
        assert.ok(world !== undefined);
        world.nowMs = nowMs;
        if (draw(3) === 0) world.decide(true);
        if (draw(20) === 0) world.lostAnswers = 1;
        if (draw(40) === 0) world.loseJournal();
        world.cutAfter(draw(8) === 0 ? draw(24) : undefined);
        await run(world, { kind: draw(4) === 0 ? "check-asked" : "tick" }, draw(2) === 0);
        nowMs += MINUTE;
        const away = fleet.filter(isAway).length;
        assert.ok(away <= 1, `${away} nodes are away with seed ${seed}`);
      }
      for (const world of fleet) {
        await settle(world);
        assert.deepEqual([world.booted.version, world.held], ["2", []], `seed ${seed}`);
        assert.deepEqual(world.violations, []);
      }
    }
  });

  it("go two at a time where the group has two leases", async () => {
    const fleet = await fleetOf(3, new Slots(() => 2));
    for (const world of fleet) {
      publish(world, 2);
      await run(world, { kind: "check-asked" });
      await tick(world);
    }
    assert.deepEqual(fleet.map(isAway), [true, true, false]);
  });

  it("get through with a server that speaks the protocol, one after another", async () => {
    await using server = await lockServer();
    const fleet = await fleetOf(2, new Slots());
    const ask = (world: World): World["ports"] => ({
      ...world.ports,
      tasks: {
        ...world.ports.tasks,
        lease: (effect) =>
          askLockServer({ nodeId: async () => world.nodeId, clock: manualClock() }, effect),
      },
    });
    let [nowMs, mostAway] = [1_800_000_000_000, 0];
    server.faults.push(
      { kind: "status", status: 503 },
      { kind: "lost" },
      { kind: "reset-in-body" },
      { kind: "lost" },
    );
    for (const world of fleet) {
      world.settings = { ...world.settings, lockServer: { address: server.url, group: "edge" } };
      publish(world, 2);
    }
    for (let turn = 0; turn < 300; turn++)
      for (const world of fleet) {
        world.nowMs = nowMs;
        nowMs += MINUTE / 2;
        if (turn % 3 === 0) world.decide(true);
        const ran = await runAgent(ask(world), { kind: "tick" });
        if (ran.kind === "ran" && ran.isRebooting) world.boot();
        mostAway = Math.max(mostAway, fleet.filter(isAway).length);
      }
    assert.deepEqual(
      fleet.map(({ booted }) => booted.version),
      ["2", "2"],
    );
    assert.deepEqual([mostAway, [...server.slots.holders("edge")]], [1, []]);
    assert.deepEqual([server.objections, server.faults], [[], []]);
  });
});
