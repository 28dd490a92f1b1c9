import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { suffixArray } from "../../src/delta/suffix-array.ts";
import { noise } from "./support.ts";

const bySorting = (bytes: Uint8Array): readonly number[] =>
  Array.from(bytes, (_, start) => start).toSorted((a, b) =>
    Buffer.compare(bytes.subarray(a), bytes.subarray(b)),
  );

describe("the suffix array", () => {
  it("is what sorting all suffixes gives", () => {
    const fewLetters = fc.uint8Array({ maxLength: 300, max: 3 });
    fc.assert(
      fc.property(fc.oneof(fewLetters, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        assert.deepEqual([...suffixArray(bytes)], bySorting(bytes));
      }),
      { numRuns: 500 },
    );
  });

  it("holds for texts that repeat themselves, which need several levels", () => {
    const fibonacci = ["a", "ab"];
    while (fibonacci.length < 14) {
      fibonacci.push((fibonacci.at(-1) ?? "") + (fibonacci.at(-2) ?? ""));
    }
    for (const bytes of [
      Buffer.from(fibonacci.at(-1) ?? ""),
      Buffer.from("abcabcab".repeat(90)),
      Buffer.alloc(700),
      Buffer.alloc(700, 255),
      noise(700, 1, 2),
    ]) {
      assert.deepEqual([...suffixArray(bytes)], bySorting(bytes));
    }
  });
});
