import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { compareVersions } from "@slipway/release";

/** Few characters, so that common beginnings and every mark are frequent. */
const version = fc.string({ unit: fc.constantFrom(..."019abZ~-^._+".split("")), maxLength: 8 });

describe("the order of versions, whatever they are", () => {
  it("is the same from both sides", () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        assert.equal(
          Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a)),
          0,
          `${a} and ${b}`,
        );
      }),
      { numRuns: 3000 },
    );
  });

  it("is transitive", () => {
    fc.assert(
      fc.property(version, version, version, (...versions) => {
        const [a, b, c] = versions.toSorted(compareVersions);
        assert.ok(compareVersions(a ?? "", b ?? "") <= 0);
        assert.ok(compareVersions(b ?? "", c ?? "") <= 0);
        assert.ok(compareVersions(a ?? "", c ?? "") <= 0, `${a}, ${b}, ${c}`);
      }),
      { numRuns: 5000 },
    );
  });

  it("puts a pre-release before and a later part after", () => {
    const plain = fc.stringMatching(/^[0-9a-z]{1,6}$/);
    fc.assert(
      fc.property(plain, (text) => {
        assert.ok(compareVersions(`${text}~rc1`, text) < 0);
        for (const suffix of ["-1", "^1", ".1"])
          assert.ok(compareVersions(`${text}${suffix}`, text) > 0, suffix);
      }),
    );
  });
});
