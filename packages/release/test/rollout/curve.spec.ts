/** What a fleet sees of a rollout: the curve itself, counted over nodes, not the formula. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  buildGraph,
  bucket,
  type Channel,
  DEFAULT_POLICY,
  EMERGENCY_POLICY,
  offers,
  planRollout,
  type Rollout,
  type UpdateGraph,
} from "@slipway/release";
import { HOUR, nodeAt, signedRelease, START } from "../support/documents.ts";

const NODES: readonly string[] = Array.from({ length: 100_000 }, (_, index) => `node-${index}`);
const DAY = 24 * HOUR;

const rolloutOf = (salt: string): Rollout =>
  planRollout(DEFAULT_POLICY, { version: "2", salt }, START);

const graphOf = (rollout: Rollout): UpdateGraph => {
  const channel: Channel = { image: "base", name: "stable", rollouts: [rollout] };
  return buildGraph(channel, "x86_64", [signedRelease("2")]);
};

/** The nodes that are offered the release. */
const offered = (rollout: Rollout, now: number, ids = NODES): readonly string[] => {
  const graph = graphOf(rollout);
  return ids.filter((id) => offers(graph, nodeAt("1", { id }), now).kind === "offer");
};

/** Their share, counted. */
const countedShare = (rollout: Rollout, now: number, ids = NODES): number =>
  offered(rollout, now, ids).length / ids.length;

const closeTo = (share: number, expected: number, tolerance: number, what: string): void => {
  assert.ok(Math.abs(share - expected) <= tolerance, `${what}: ${share}, expected ${expected}`);
};

describe("the curve of a rollout", () => {
  const rollout = rolloutOf("salt-a");

  /** Moments of the default policy and the share that it promises for them, read off its description. */
  const PROMISED: readonly (readonly [string, number, number])[] = [
    ["before the start", -1, 0],
    ["half of the first wave", HOUR / 2, 0.005],
    ["the first wave soaking", 3 * HOUR, 0.01],
    ["the second one half through", 6 * HOUR, 0.03],
    ["one day", DAY, 0.05],
    ["the third one a quarter through", DAY + 2 * HOUR, 0.0625],
    ["two days", 2 * DAY, 0.1],
    ["the fourth one half through", 2 * DAY + 6 * HOUR, 0.175],
    ["three days", 3 * DAY, 0.25],
    ["four days", 4 * DAY, 0.5],
    ["five days", 5 * DAY, 0.75],
    ["the last one a third through", 5 * DAY + 8 * HOUR, 0.75 + 0.25 / 3],
    ["six days", 6 * DAY, 1],
  ];
  for (const [what, after, share] of PROMISED)
    it(`has ${(share * 100).toFixed(2)} % of a hundred thousand nodes at ${what}`, () => {
      closeTo(countedShare(rollout, START + after), share, 0.005, what);
    });

  it("is the same within any part of the fleet that has its ids in a row", () => {
    for (const part of [0, 3, 9]) {
      const ids = NODES.slice(part * 10_000, (part + 1) * 10_000);
      closeTo(countedShare(rollout, START + 4 * DAY, ids), 0.5, 0.02, `part ${part}`);
    }
  });

  it("never falls for any node as time passes", () => {
    const ids = NODES.slice(0, 300);
    let before: readonly string[] = [];
    for (let after = -HOUR; after <= 6 * DAY; after += HOUR / 2) {
      const now = new Set(offered(rollout, START + after, ids));
      for (const id of before) assert.ok(now.has(id), `${id} lost its offer ${after} s later`);
      before = [...now];
    }
    assert.equal(before.length, ids.length);
  });

  it("rises evenly within a wave", () => {
    const waveStart = START + 5 * DAY;
    const shares = Array.from({ length: 9 }, (_, step) =>
      countedShare(rollout, waveStart + step * 3 * HOUR),
    );
    for (const [step, share] of shares.slice(1).entries())
      closeTo(share - (shares[step] ?? 0), 0.25 / 8, 0.003, "one of eight equal steps");
  });

  it("has another order for each release", () => {
    const first = (salt: string): ReadonlySet<string> =>
      new Set(offered(rolloutOf(salt), START + 2 * DAY));
    const [one, other] = [first("salt-a"), first("salt-b")];
    const both = [...one].filter((id) => other.has(id)).length;
    // Two independent tenths of the fleet share a hundredth of it.
    closeTo(both / NODES.length, 0.01, 0.002, "nodes that are early both times");
  });

  it("of the emergency policy is over within three hours", () => {
    const emergency = planRollout(EMERGENCY_POLICY, { version: "2", salt: "s" }, START);
    closeTo(countedShare(emergency, START + HOUR / 2), 0.05, 0.005, "half an hour");
    closeTo(countedShare(emergency, START + 2 * HOUR), 0.25 + 0.75 * (1 / 3), 0.005, "two hours");
    assert.equal(countedShare(emergency, START + 3 * HOUR), 1);
  });

  it("is a step where a wave has no duration", () => {
    const step: Rollout = {
      ...rollout,
      waves: [{ share: 3000, start: START, duration: 0, soak: 0 }],
    };
    assert.equal(countedShare(step, START - 1), 0);
    closeTo(countedShare(step, START), 0.3, 0.005, "at the step");
    closeTo(countedShare(step, START + DAY), 0.3, 0.005, "a day later");
  });
});

describe("a node's bucket", () => {
  it("is in [0, 1), the same each time, and pinned: nodes in the field must not change places", () => {
    for (const id of NODES.slice(0, 1000)) {
      const place = bucket(id, "salt");
      assert.ok(place >= 0 && place < 1);
      assert.equal(bucket(id, "salt"), place);
    }
    assert.equal(
      bucket("node-1", "00112233445566778899aabbccddeeff").toFixed(12),
      "0.254010024134",
    );
  });

  it("spreads nodes evenly: chi-squared over a hundred bins", () => {
    const bins = Array.from({ length: 100 }, () => 0);
    for (const id of NODES) {
      const bin = Math.floor(bucket(id, "even") * 100);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const chi = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // 99 degrees of freedom: beyond 160 once in ten thousand salts, and this salt is fixed.
    assert.ok(chi < 160, String(chi));
  });
});
