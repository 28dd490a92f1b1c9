/** The demonstration on ARM: its beginning, of releases of one day, and the whole of it. */
import type { DemoReport } from "@slipway/composer";
import { before, describe } from "mocha";
import {
  IDLE_POLLS,
  survives,
  upgrades,
  watchBriefDemo,
  watchDemo,
} from "../support/demonstration.ts";
import { requireRoot } from "../support/release.ts";

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
    report = await watchDemo("--arch", "aarch64", "--polls", String(IDLE_POLLS));
  });

  upgrades(() => report, IDLE_POLLS);

  survives(() => report);
});
