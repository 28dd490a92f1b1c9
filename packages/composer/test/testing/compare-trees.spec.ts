import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { compareTrees, type TreeFacts } from "../../src/testing/compare-trees.ts";

const file = { type: "file", mode: "644", owner: "0:0", links: "1", content: "a" };

describe("trees side by side", () => {
  it("are equal when every fact is", () => {
    assert.deepEqual(
      [...compareTrees(new Map([["/x", file]]), new Map([["/x", { ...file }]]))],
      [],
    );
  });

  it("differ by each fact, and by what only one has", () => {
    const a = new Map([
      ["/content", file],
      ["/left", file],
      ["/several", file],
    ]);
    const b: TreeFacts = new Map<string, Readonly<Record<string, string>>>([
      ["/content", { ...file, content: "b" }],
      ["/right", file],
      ["/several", { ...file, mode: "600", attributes: "security.capability=00" }],
    ]);
    assert.deepEqual(
      [...compareTrees(a, b)],
      [
        ["/content", "content"],
        ["/left", "only in A"],
        ["/right", "only in B"],
        ["/several", "mode attributes"],
      ],
    );
  });
});
