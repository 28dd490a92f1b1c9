/** Generated configs, and what Debian's `ignition-validate` says about them. */
import { describe, it } from "mocha";
import { compareBytes, compareConfigs, compareStrings } from "../support/ignition-live.ts";
import { seedOfRun } from "../support/drawn-numbers.ts";
import { requireTools } from "../support/require-tools.ts";

describe("the real ignition-validate", function () {
  this.timeout("10m");
  requireTools("ignition-validate");

  it("says of 5 000 configs what we say", async () => {
    await compareConfigs(5000, seedOfRun());
  });

  it("says of their URLs, unit files and paths what we say", async () => {
    await compareStrings(300, seedOfRun());
  });

  it("says of spoilt bytes what we say", async () => {
    await compareBytes(1000, seedOfRun());
  });
});
