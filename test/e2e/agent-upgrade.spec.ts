/**
 * A node that upgrades itself by delta, refuses a release that is not well, and goes back with one command for good: on real machines, with real
 * releases. The story itself is in the log. Every run of CI has this; the releases that panic and fall silent come in agent-story.spec.ts.
 */
import type { DemoReport } from "@slipway/composer";
import { before, describe } from "mocha";
import { SHORT_IDLE_POLLS, upgrades, watchDemo } from "../support/demonstration.ts";
import { requireRoot } from "../support/release.ts";

describe("a node that follows a repository", function () {
  this.timeout("60m");
  requireRoot();
  let report: DemoReport;

  before("watch the demonstration, told short", async () => {
    report = await watchDemo("--short", "--polls", String(SHORT_IDLE_POLLS));
  });

  upgrades(() => report, SHORT_IDLE_POLLS);
});
