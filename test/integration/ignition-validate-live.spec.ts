/** Generated configs, and what Debian's `ignition-validate` says about them. */
import { randomInt } from "node:crypto";
import { describe, it } from "mocha";
import { compareWithRealIgnition } from "../support/ignition-live.ts";
import { requireTools } from "../support/require-tools.ts";

describe("the real ignition-validate", function () {
  this.timeout("10m");
  requireTools("ignition-validate");

  it("says of 5 000 configs what we say", async () => {
    await compareWithRealIgnition(5000, randomInt(2 ** 31));
  });
});
