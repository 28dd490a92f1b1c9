import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Channel } from "@slipway/release";
import type { PublishedRelease } from "../../src/repository/contents.ts";
import { planGc } from "../../src/repository/plan-gc.ts";
import { channel, complete, DAY, NOW, published } from "./support/published.ts";

const versionsGone = (
  releases: readonly PublishedRelease[],
  channels: readonly Channel[],
  keep: number,
): readonly string[] =>
  planGc({ releases, channels, keep, now: NOW }).remove.map((target) =>
    target.replace(/^releases\/base\/(.+)\.json$/, "$1"),
  );

const five = ["1", "2", "3", "4", "5"].map((version) => published(version));
const stable = channel("stable", ...["1", "2", "3", "4", "5"].map((version) => complete(version)));

describe("collecting releases", () => {
  it("keeps the newest of a channel, and takes the rest out of list and channel", () => {
    const plan = planGc({ releases: five, channels: [stable], keep: 2, now: NOW });
    assert.deepEqual(
      plan.remove,
      ["1", "2", "3"].map((version) => `releases/base/${version}/x86_64.json`),
    );
    assert.deepEqual(
      plan.channels.map(({ name, rollouts }) => [name, rollouts.map(({ version }) => version)]),
      [["stable", ["4", "5"]]],
    );
  });

  it("does nothing when there are no more than are kept", () => {
    assert.deepEqual(planGc({ releases: five, channels: [stable], keep: 5, now: NOW }), {
      remove: [],
      channels: [],
    });
  });

  it("keeps what another channel keeps", () => {
    const old = channel("lts", complete("2"));
    assert.deepEqual(versionsGone(five, [stable, old], 1), ["1/x86_64", "3/x86_64", "4/x86_64"]);
  });

  it("keeps what nodes are still offered because nothing newer is for everybody yet", () => {
    const waves = [{ share: 5000, start: NOW - DAY, duration: 0, soak: 0 }];
    const half = channel(
      "stable",
      complete("3"),
      complete("4", { waves }),
      complete("5", { waves }),
    );
    assert.deepEqual(versionsGone(five.slice(2), [half], 1), []);
  });

  it("keeps what a group is still offered", () => {
    const groups = new Map([["careful", []]]);
    const held = channel("stable", complete("4"), complete("5", { groups }));
    assert.deepEqual(versionsGone(five.slice(3), [held], 1), []);
  });

  it("keeps the way of nodes whose agent is too old for what is newer", () => {
    const releases = [published("4"), published("5", { minimalAgent: "2" })];
    const both = channel("stable", complete("4"), complete("5"));
    assert.deepEqual(versionsGone(releases, [both], 1), []);
    const later = channel("stable", complete("4"), complete("5", { minimalAgent: "2" }));
    assert.deepEqual(versionsGone(five.slice(3), [later], 1), []);
  });

  it("keeps barriers and dead ends, and what is before a barrier that is not for everybody", () => {
    const barrier = { kind: "barrier", reason: "moves the disk" } as const;
    const deadEnd = { kind: "dead-end", reason: "cannot upgrade" } as const;
    const marked = channel(
      "stable",
      complete("1"),
      complete("2", { landmark: barrier }),
      complete("3", { landmark: deadEnd }),
      complete("4"),
      complete("5"),
    );
    assert.deepEqual(versionsGone(five, [marked], 1), ["1/x86_64", "4/x86_64"]);
    const waves = [{ share: 100, start: NOW - DAY, duration: 0, soak: 0 }];
    const closed = channel(
      "stable",
      complete("1"),
      complete("2", { landmark: barrier, waves }),
      complete("5"),
    );
    assert.deepEqual(
      versionsGone(
        [five[0], five[1], five[4]].filter((one) => one !== undefined),
        [closed],
        1,
      ),
      [],
    );
  });

  it("does not count withdrawn releases, and lets old ones go", () => {
    const hold = { kind: "withdrawn", reason: "breaks" } as const;
    const withdrawn = channel(
      "stable",
      complete("1", { hold }),
      complete("2"),
      complete("3", { hold }),
      complete("4"),
      complete("5", { hold }),
    );
    assert.deepEqual(versionsGone(five, [withdrawn], 2), ["1/x86_64"]);
  });

  it("keeps the newest of those that are on no channel, which may be on their way to one", () => {
    assert.deepEqual(versionsGone(five, [channel("stable", complete("1"))], 2), [
      "2/x86_64",
      "3/x86_64",
    ]);
  });

  it("counts each architecture by itself, and leaves a version on the channel while one has it", () => {
    const releases = [...five, published("1", { architecture: "aarch64" })];
    const plan = planGc({ releases, channels: [stable], keep: 1, now: NOW });
    assert.ok(!plan.remove.includes("releases/base/1/aarch64.json"));
    assert.ok(plan.remove.includes("releases/base/1/x86_64.json"));
    assert.deepEqual(
      plan.channels[0]?.rollouts.map(({ version }) => version),
      ["1", "5"],
    );
  });

  it("sorts versions as versions", () => {
    const releases = ["9", "10", "10~rc1"].map((version) => published(version));
    const all = channel("stable", ...["9", "10", "10~rc1"].map((version) => complete(version)));
    assert.deepEqual(versionsGone(releases, [all], 1), ["9/x86_64", "10~rc1/x86_64"]);
  });
});
