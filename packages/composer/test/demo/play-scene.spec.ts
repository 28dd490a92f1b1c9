import assert from "node:assert/strict";
import { hastyClock, manualClock } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { playScene, type Stage } from "../../src/demo/play-scene.ts";
import { type Scene, storyFor } from "../../src/demo/story.ts";
import { countTraffic } from "../../src/demo/traffic.ts";
import { playNode } from "./a-node.ts";

const scene = (id: Scene["id"]): Scene => {
  const found = storyFor({ idlePolls: 2, short: false }).find((one) => one.id === id);
  assert.ok(found);
  return found;
};

const status = (version: string, forbidden: readonly string[], state = "steady"): object => ({
  state: { kind: state },
  booted: { version, standing: "good" },
  rollback: { kind: "reaches", version: "1" },
  forbidden: forbidden.map((one) => ({ version: one })),
});

const play = (one: Scene, stage: Pick<Stage, "machine"> & Partial<Stage>) =>
  playScene(
    {
      ...{ clock: hastyClock(), traffic: countTraffic(), signal: undefined, known: 0 },
      offer: async () => undefined,
      ...stage,
    },
    one,
    { note: () => undefined },
  );

describe("a scene of the demonstration", () => {
  it("offers a release, follows the restarts, and tells what came of it", async () => {
    const node = playNode();
    node.says(status("2", ["3"]));
    const traffic = countTraffic();
    const offered: string[] = [];
    const offer = async (release: string): Promise<void> => {
      offered.push(release);
      traffic.count({ path: "/metadata/timestamp.json", status: 200, bytes: 500 });
      node.restart(2);
    };
    const report = await play(scene("unhealthy"), {
      machine: node.machine,
      offer,
      traffic,
      known: 1,
    });
    assert.deepEqual(offered, ["3"]);
    assert.equal(report.resets, 2);
    assert.equal(report.traffic.bytes.metadata, 500);
    assert.equal(report.status.version, "2");
    assert.deepEqual(
      report.history.map(({ kind }) => kind),
      ["good"],
    );
  });

  it("fails when the node ends on another release, or refuses another", async () => {
    for (const said of [status("3", ["3"]), status("2", ["2"]), status("2", ["3", "4"])]) {
      const node = playNode();
      node.says(said);
      const stage = { machine: node.machine, offer: async () => node.restart(2) };
      await assert.rejects(play(scene("unhealthy"), stage), {
        code: "DEMO_FAILED",
        message: /should run release 2 and refuse \[3\]/,
      });
    }
  });

  it("fails when the node restarts more often than it should", async () => {
    const node = playNode();
    node.says(status("2", ["3"]));
    const stage = { machine: node.machine, offer: async () => node.restart(3) };
    await assert.rejects(play(scene("unhealthy"), stage), { message: /was reset 3 times/ });
  });

  it("holds files against what must be in them", async () => {
    const files = scene("upgrade").ends.files ?? {};
    const other = { ...files, "/etc/greeter.conf": "shipped" };
    const node = playNode(other);
    node.says(status("2", []));
    const stage = { machine: node.machine, offer: async () => node.restart(1) };
    await assert.rejects(play(scene("upgrade"), stage), {
      message: /\/etc\/greeter\.conf should hold 'set on release 1', and holds 'shipped'/,
    });
    const right = playNode(files);
    right.says(status("2", []));
    await play(scene("upgrade"), { machine: right.machine, offer: async () => right.restart(1) });
    assert.ok(right.ran[0]?.includes("set on release 1"));
  });

  it("types the one command, and watches the node do nothing for so many looks", async () => {
    const node = playNode(scene("rollback").ends.files);
    node.says(status("1", ["2"]));
    const traffic = countTraffic();
    const clock = manualClock();
    node.restart(1);
    const machine = { ...node.machine, resets: resetsFrom(node.machine.resets) };
    const played = play(scene("rollback"), { machine, traffic, clock });
    for (let look = 0; look < 4; look += 1) {
      await turn();
      traffic.count({ path: "/metadata/timestamp.json", status: 304, bytes: 200 });
      clock.advance(4000);
    }
    const { idle } = await played;
    assert.ok(idle !== undefined && idle.polls >= 2);
    assert.ok(node.ran.includes("slipway-agent rollback --reason 'the demonstration says so'"));
  });

  it("asks a node how it is only when it has looked at the repository, or does not for long", async () => {
    const node = playNode(scene("upgrade").ends.files);
    node.says(status("2", []));
    const asked = (): number => node.ran.filter((one) => one.includes("status")).length;
    const [traffic, clock] = [countTraffic(), manualClock()];
    const stage = { machine: node.machine, offer: async () => node.restart(1), traffic, clock };
    const played = play(scene("upgrade"), stage);
    await turn();
    clock.advance(250);
    await turn();
    assert.equal(asked(), 0);
    traffic.count({ path: "/metadata/timestamp.json", status: 304, bytes: 200 });
    clock.advance(250);
    await played;
    assert.equal(asked(), 1);
    const silent = playNode(scene("upgrade").ends.files);
    silent.says(status("2", []));
    await play(scene("upgrade"), {
      machine: silent.machine,
      offer: async () => silent.restart(1),
    });
    assert.ok(silent.ran.some((one) => one.includes("status")));
  });

  it("watches no longer when nobody wants to know any more: a machine without power never asks", async () => {
    const node = playNode(scene("rollback").ends.files);
    node.says(status("1", ["2"]));
    node.restart(1);
    const machine = { ...node.machine, resets: resetsFrom(node.machine.resets) };
    const stop = new AbortController();
    const played = play(scene("rollback"), { machine, clock: manualClock(), signal: stop.signal });
    await turn();
    stop.abort();
    await assert.rejects(played, { name: "AbortError" });
  });

  it("fails when a node fetches again what it has gone back from", async () => {
    const node = playNode(scene("rollback").ends.files);
    node.says(status("1", ["2"]));
    const traffic = countTraffic();
    const clock = manualClock();
    node.restart(1);
    const machine = { ...node.machine, resets: resetsFrom(node.machine.resets) };
    const played = play(scene("rollback"), { machine, traffic, clock });
    await turn();
    traffic.count({ path: "/metadata/timestamp.json", status: 304, bytes: 200 });
    clock.advance(4000);
    await turn();
    traffic.count({ path: `/blobs/aa/${"a".repeat(64)}`, status: 200, bytes: 20_000 });
    clock.advance(4000);
    await assert.rejects(played, { message: /fetched a release again/ });
  });
});

/** Nothing has been reset at the first question, and all of it has afterwards. */
const resetsFrom = (resets: () => number): (() => number) => {
  let asked = false;
  return () => {
    const now = asked ? resets() : 0;
    asked = true;
    return now;
  };
};

/** Lets promises come to rest. */
const turn = async (): Promise<void> => {
  for (let round = 0; round < 20; round += 1)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
};
