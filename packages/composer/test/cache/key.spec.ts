import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { changedInputs, stepKey } from "../../src/cache/key.ts";

const recipe = { name: "tree", revision: 1 };

describe("step key", () => {
  it("does not depend on the order of the inputs", () => {
    assert.equal(stepKey(recipe, { a: "1", b: "2" }), stepKey(recipe, { b: "2", a: "1" }));
  });

  it("changes with a value, a name, the step and its revision", () => {
    const keys = [
      stepKey(recipe, { a: "1" }),
      stepKey(recipe, { a: "2" }),
      stepKey(recipe, { b: "1" }),
      stepKey(recipe, { a: "1", b: "" }),
      stepKey({ ...recipe, name: "root" }, { a: "1" }),
      stepKey({ ...recipe, revision: 2 }, { a: "1" }),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });

  it("keeps apart what would run together if names and values were only joined", () => {
    assert.notEqual(stepKey(recipe, { ab: "c" }), stepKey(recipe, { a: "bc" }));
  });
});

describe("changed inputs", () => {
  it("names what is new, gone and different, in order", () => {
    const before = { same: "1", gone: "1", different: "1" };
    const after = { same: "1", different: "2", added: "1" };
    assert.deepEqual(changedInputs(before, after), ["added", "different", "gone"]);
  });
});
