/** The whole story of a node, from the first boot to a release whose agent does not even start: on real machines, with real releases. Every run of CI has this; the story itself is in the log. */
import type { DemoReport } from "@slipway/composer";
import { before, describe } from "mocha";
import { IDLE_POLLS, survives, upgrades, watchDemo } from "../support/demonstration.ts";
import { requireRoot } from "../support/release.ts";

describe("a node that follows a repository through bad releases", function () {
  this.timeout("75m");
  requireRoot();
  let report: DemoReport;

  before("watch the demonstration", async () => {
    report = await watchDemo("--polls", String(IDLE_POLLS));
  });

  upgrades(() => report, IDLE_POLLS);
  survives(() => report);
});
