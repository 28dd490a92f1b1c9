/** The demonstration on ARM: its beginning, of releases of one day, and the whole of it. */
import assert from "node:assert/strict";
import type { DemoReport } from "@slipway/composer";
import { before, describe, it } from "mocha";
import { sceneOf, upgrades, watchBriefDemo, watchDemo } from "../support/demonstration.ts";
import { requireRoot } from "../support/release.ts";

const POLLS = 50;
const FEW_POLLS = 2;

describe("a node of aarch64 that follows a repository", function () {
  this.timeout("40m");
  requireRoot();
  let report: DemoReport;

  before("watch the demonstration at its shortest", async () => {
    report = await watchBriefDemo("aarch64", FEW_POLLS);
  });

  upgrades(() => report, FEW_POLLS);
});

describe("a node of aarch64 that follows a repository, at length", function () {
  this.timeout("60m");
  requireRoot();
  let report: DemoReport;

  before("watch the demonstration", async () => {
    report = await watchDemo("--arch", "aarch64", "--polls", String(POLLS));
  });

  upgrades(() => report, POLLS);

  it("is back from a release that panics and from one that falls silent, after three tries each", () => {
    for (const id of ["panics", "silent"] as const) assert.equal(sceneOf(report, id).resets, 4);
    assert.deepEqual(sceneOf(report, "silent").status.forbidden, ["3", "4", "5"]);
  });
});
