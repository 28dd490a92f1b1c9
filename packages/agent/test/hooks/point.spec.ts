import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { HOOK_POINTS, limitsOf, LONGEST_POINT_MS } from "../../src/hooks/point.ts";

const MINUTE = 60_000;

describe("the time that hooks have", () => {
  it("is five minutes, and fifteen before a restart; all of a point have twice that", () => {
    const timeoutSeconds = undefined;
    assert.deepEqual(limitsOf("pre-fetch", { reason: "update", timeoutSeconds }), {
      eachMs: 5 * MINUTE,
      allMs: 10 * MINUTE,
    });
    assert.deepEqual(limitsOf("pre-reboot", { reason: "update", timeoutSeconds }), {
      eachMs: 15 * MINUTE,
      allMs: 30 * MINUTE,
    });
    assert.equal(limitsOf("post-boot", { timeoutSeconds }).eachMs, 5 * MINUTE);
  });

  it("is what the settings say, and never longer together than the unit lives", () => {
    for (const point of HOOK_POINTS)
      for (const timeoutSeconds of [1, 600, 1800]) {
        const { eachMs, allMs } = limitsOf(point, { reason: "update", timeoutSeconds });
        assert.ok(eachMs <= timeoutSeconds * 1000 || point === "verdict");
        assert.ok(eachMs <= allMs && allMs <= LONGEST_POINT_MS);
      }
  });

  it("is short where nobody can wait, whatever the settings say", () => {
    for (const timeoutSeconds of [undefined, 1800]) {
      assert.equal(limitsOf("pre-reboot", { reason: "rollback", timeoutSeconds }).allMs, 30_000);
      assert.equal(limitsOf("verdict", { timeoutSeconds }).allMs, 10_000);
    }
  });
});
