/** Many more generated configs against Debian's `ignition-validate`. Takes about a quarter of an hour. */
import { randomInt } from "node:crypto";
import { describe, it } from "mocha";
import { compareBytes, compareConfigs, compareStrings } from "../support/ignition-live.ts";
import { requireTools } from "../support/require-tools.ts";

describe("the real ignition-validate, at length", function () {
  this.timeout("60m");
  requireTools("ignition-validate");

  for (let round = 1; round <= 10; round += 1) {
    it(`says of 10 000 configs what we say, round ${round}`, async () => {
      await compareConfigs(10_000, randomInt(2 ** 31));
      await compareStrings(500, randomInt(2 ** 31));
      await compareBytes(2000, randomInt(2 ** 31));
    });
  }
});
