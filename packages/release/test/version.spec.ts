import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { compareVersions } from "@slipway/release";

/** Oldest first; the examples of the specification, and the corners where its steps meet. */
const ASCENDING = [
  "~",
  "~~",
  "~1",
  "",
  "ab",
  "abb",
  "abc",
  "0001",
  "002",
  "12",
  "122",
  "122.9",
  "123~rc1",
  "123",
  "123-a",
  "123-a.1",
  "123-1",
  "123-1.1",
  "123^post1",
  "123.a-1",
  "123.1-1",
  "123a-1",
  "124-1",
  "9007199254740993",
  "9007199254740994",
];

const EQUAL: readonly (readonly [string, string])[] = [
  ["123", "123"],
  ["00123", "123"],
  ["1_2", "1+2"],
  ["a_", "a"],
  ["1.0", "1.00"],
];

describe("the order of versions", () => {
  it("has the specification's examples in their order, each against all others", () => {
    for (const [i, a] of ASCENDING.entries())
      for (const [j, b] of ASCENDING.entries())
        assert.equal(Math.sign(compareVersions(a, b)), Math.sign(i - j), `${a} and ${b}`);
  });

  for (const [a, b] of EQUAL)
    it(`takes ${a} and ${b} for one`, () => {
      assert.equal(Math.sign(compareVersions(a, b)), 0);
    });

  it("has ASCII's order of letters", () => {
    assert.ok(compareVersions("A", "a") < 0);
    assert.ok(compareVersions("Z", "a") < 0);
  });

  it("compares numbers of any length in linear time", () => {
    const long = "9".repeat(200_000);
    assert.ok(compareVersions(`1${long}`, long) > 0);
    assert.equal(compareVersions("1.".repeat(100_000), "1.".repeat(100_000)), 0);
  });
});
