import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { decodePolicy, DEFAULT_POLICY, EMERGENCY_POLICY, planRollout } from "@slipway/release";
import { refusalsOf, START, valueOf } from "../support/documents.ts";

const RELEASE = { version: "2", salt: "0".repeat(32) };

describe("a rollout policy", () => {
  it("is planned wave after wave, each when the one before has soaked", () => {
    const policy = valueOf(
      decodePolicy({
        waves: [
          { percent: 0.25, duration: "90m", soak: "1d" },
          { percent: 50, duration: 30 },
          { percent: 100 },
        ],
        groups: { canary: [{ percent: 100 }], frozen: [] },
        landmark: { kind: "barrier", reason: "it moves the ledger" },
      }),
    );
    assert.deepEqual(planRollout(policy, RELEASE, START), {
      ...RELEASE,
      waves: [
        { share: 25, start: START, duration: 5400, soak: 86_400 },
        { share: 5000, start: START + 91_800, duration: 30, soak: 0 },
        { share: 10_000, start: START + 91_830, duration: 0, soak: 0 },
      ],
      groups: new Map([
        ["canary", [{ share: 10_000, start: START, duration: 0, soak: 0 }]],
        ["frozen", []],
      ]),
      landmark: { kind: "barrier", reason: "it moves the ledger" },
    });
  });

  it("may say when it begins", () => {
    const policy = valueOf(
      decodePolicy({ start: "2027-01-15T10:00:00+02:00", waves: [{ percent: 100 }] }),
    );
    assert.equal(
      planRollout(policy, RELEASE, START).waves[0]?.start,
      Date.UTC(2027, 0, 15, 8) / 1000,
    );
  });

  it("has seven waves over six days where nothing else is said, and three hours in an emergency", () => {
    const length = (waves: typeof DEFAULT_POLICY.waves): number =>
      waves.reduce((sum, { duration, soak }) => sum + duration + soak, 0);
    assert.equal(DEFAULT_POLICY.waves.length, 7);
    assert.equal(length(DEFAULT_POLICY.waves), 6 * 86_400);
    assert.equal(length(EMERGENCY_POLICY.waves), 3 * 3600);
  });

  const REFUSED: readonly (readonly [unknown, string])[] = [
    [{ waves: [{ percent: 1, durration: "1h" }] }, "unknown-member at waves.0.durration"],
    [{ waves: [], wave: 1 }, "unknown-member at wave"],
    [{}, "missing at waves"],
    [{ waves: [{}] }, "missing at waves.0.percent"],
    [{ waves: [{ percent: 101 }] }, "bad-shape at waves.0.percent"],
    [{ waves: [{ percent: 0 }] }, "bad-shape at waves.0.percent"],
    [{ waves: [{ percent: 0.001 }] }, "bad-shape at waves.0.percent"],
    [{ waves: [{ percent: "5" }] }, "bad-shape at waves.0.percent"],
    [{ waves: [{ percent: 5, duration: "1 hour" }] }, "bad-shape at waves.0.duration"],
    [{ waves: [{ percent: 5, soak: -1 }] }, "bad-shape at waves.0.soak"],
    [{ waves: [{ percent: 5, soak: "101d" }] }, "bad-shape at waves.0.soak"],
    [{ waves: [{ percent: 5, soak: ["1h"] }] }, "wrong-type at waves.0.soak"],
    [{ waves: [{ percent: 5, soak: null }] }, "wrong-type at waves.0.soak"],
    [{ waves: [{ percent: 5 }, { percent: 5 }] }, "share-not-rising at waves.1.share"],
    [{ start: "tomorrow", waves: [] }, "bad-shape at start"],
    [{ start: "2027-01-15T10:00:00", waves: [] }, "bad-shape at start"],
    [{ start: "2027-13-45T10:00:00Z", waves: [] }, "bad-shape at start"],
    [{ waves: [], groups: { "no group": [] } }, "bad-shape at groups.no group"],
    [{ waves: [], landmark: { kind: "barrier" } }, "missing at landmark.reason"],
    [[], "wrong-type at "],
  ];
  for (const [policy, refusal] of REFUSED)
    it(`${JSON.stringify(policy)} is refused: ${refusal}`, () => {
      assert.equal(refusalsOf(decodePolicy(policy))[0], refusal);
    });

  it("keeps the decimals of a percent that binary fractions cannot hold", () => {
    for (const percent of [0.07, 0.29, 0.57, 1.1, 8.7, 33.33, 99.99]) {
      const policy = valueOf(decodePolicy({ waves: [{ percent }] }));
      assert.equal(policy.waves[0]?.share, Math.round(percent * 100));
    }
  });
});
