import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { sentence } from "../../src/repository/condemned.ts";

const at = (now: number, graceSeconds = 100) => ({ now, graceSeconds });

describe("files that nothing names", () => {
  it("wait for their grace, counted from when they were first found so", () => {
    const first = sentence(["a", "b"], new Map(), at(1000));
    assert.deepEqual(
      [first.due, [...first.waiting]],
      [
        [],
        [
          ["a", 1000],
          ["b", 1000],
        ],
      ],
    );
    const second = sentence(["a", "b", "c"], first.waiting, at(1099));
    assert.deepEqual([second.due, second.waiting.get("c")], [[], 1099]);
    const third = sentence(["a", "b", "c"], second.waiting, at(1100));
    assert.deepEqual([third.due, [...third.waiting]], [["a", "b"], [["c", 1099]]]);
  });

  it("begin anew when something named them meanwhile", () => {
    const first = sentence(["a"], new Map(), at(1000));
    const named = sentence([], first.waiting, at(1050));
    assert.deepEqual(sentence(["a"], named.waiting, at(1100)).due, []);
  });

  it("go at once without grace", () => {
    assert.deepEqual(sentence(["a"], new Map(), at(1000, 0)).due, ["a"]);
  });

  it("are not held for ever by a clock that was ahead once", () => {
    const ahead = sentence(["a"], new Map(), at(9_000_000));
    const back = sentence(["a"], ahead.waiting, at(1000));
    assert.deepEqual(back.waiting.get("a"), 1000);
    assert.deepEqual(sentence(["a"], back.waiting, at(1100)).due, ["a"]);
  });
});
