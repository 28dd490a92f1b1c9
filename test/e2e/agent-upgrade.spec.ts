/**
 * A node that upgrades itself by delta, refuses what does not start, panics or falls silent, and goes back with one command for good: on real
 * machines, with real releases. The story itself is in the log.
 */
import assert from "node:assert/strict";
import type { DemoReport } from "@slipway/composer";
import { before, describe, it } from "mocha";
import { happened, sceneOf, upgrades, watchDemo } from "../support/demonstration.ts";
import { requireRoot } from "../support/release.ts";

const POLLS = 50;

describe("a node that follows a repository", function () {
  this.timeout("75m");
  requireRoot();
  let report: DemoReport;

  before("watch the demonstration", async () => {
    report = await watchDemo("--polls", String(POLLS));
  });

  upgrades(() => report, POLLS);

  it("is back after three tries of a release that panics, and never tries it again", () => {
    const panics = sceneOf(report, "panics");
    assert.equal(panics.resets, 4);
    assert.ok(happened(panics).includes("failed 4"), happened(panics).join(", "));
  });

  it("is back from a release whose agent does not start, without the agent's help", () => {
    const silent = sceneOf(report, "silent");
    assert.equal(silent.resets, 4);
    assert.deepEqual(silent.status.forbidden, ["3", "4", "5"]);
  });
});
