import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { nearest } from "../../src/command-line/nearest.ts";

describe("the nearest word", () => {
  const WORDS = ["build", "lock", "validate", "schema", "run", "inspect", "no-cache", "dry-run"];
  for (const [word, meant] of [
    ["biuld", "build"],
    ["buidl", "build"],
    ["BUILD", "build"],
    ["lok", "lock"],
    ["valid", "validate"],
    ["schemas", "schema"],
    ["insepct", "inspect"],
    ["nocache", "no-cache"],
    ["dryrun", "dry-run"],
    ["rnu", "run"],
    ["runner", "run"],
    ["locks", "lock"],
  ] as const) {
    it(`of ${word} is ${meant}`, () => assert.equal(nearest(word, WORDS), meant));
  }
  for (const word of ["", "x", "deploy", "publish", "b", "lo".repeat(40)]) {
    it(`of '${word}' is none`, () => assert.equal(nearest(word, WORDS), undefined));
  }
  it("is none where two words begin so and neither is near", () => {
    assert.equal(nearest("st", ["status-of-it", "stage-of-it"]), undefined);
  });
});
