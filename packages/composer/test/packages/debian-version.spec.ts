import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { compareDebianVersions } from "../../src/packages/debian-version.ts";

describe("order of Debian versions", () => {
  // Each list rises; the comparisons are Policy's own examples and the traps of its algorithm.
  const RISING: readonly (readonly string[])[] = [
    ["1.0~~", "1.0~~a", "1.0~", "1.0", "1.0a"],
    ["9.9", "1:0.1", "2:0"],
    ["1.2-1", "1.2-1+b1", "1.2-1.1", "1.2-2", "1.2-10"],
    ["1.0-1~deb13u1", "1.0-1", "1.0-1+deb13u1"],
    ["2.9", "2.10", "2.10.1"],
    ["1a", "1z", "1+", "1.", "1.1"],
    ["99999999999999999999998", "99999999999999999999999"],
  ];
  for (const versions of RISING) {
    it(versions.join(" < "), () => {
      versions.forEach((a, i) =>
        versions.forEach((b, j) =>
          assert.equal(
            Math.sign(compareDebianVersions(a, b)),
            Math.sign(i - j),
            `${a} against ${b}`,
          ),
        ),
      );
    });
  }

  it("takes leading zeros, a missing epoch and a missing revision for zero", () => {
    assert.equal(compareDebianVersions("1.01", "1.1"), 0);
    assert.equal(compareDebianVersions("0:1", "1"), 0);
    assert.equal(compareDebianVersions("1-0", "1"), 0);
  });

  it("is an order: opposite when turned round, and transitive", () => {
    const version = fc.string({
      unit: fc.constantFrom("0", "1", "9", "a", "Z", ".", "+", "~", "-", ":"),
      maxLength: 8,
    });
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        assert.equal(
          Math.sign(compareDebianVersions(a, b)),
          -Math.sign(compareDebianVersions(b, a)) + 0,
        );
        if (compareDebianVersions(a, b) <= 0 && compareDebianVersions(b, c) <= 0) {
          assert.ok(compareDebianVersions(a, c) <= 0);
        }
      }),
      { numRuns: 500 },
    );
  });
});
