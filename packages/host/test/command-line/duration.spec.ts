import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { formatDuration } from "../../src/command-line/duration.ts";

describe("durations for people", () => {
  const CASES: readonly (readonly [number, string])[] = [
    [-5, "0.0 s"],
    [0, "0.0 s"],
    [449, "0.4 s"],
    [12_300, "12.3 s"],
    [59_940, "59.9 s"],
    [59_960, "1 min 00 s"],
    [185_000, "3 min 05 s"],
    [3_599_900, "1 h 00 min"],
    [3_720_000, "1 h 02 min"],
    [90_000_000, "25 h 00 min"],
  ];
  for (const [ms, text] of CASES) {
    it(`writes ${ms} ms as ${text}`, () => assert.equal(formatDuration(ms), text));
  }
});
