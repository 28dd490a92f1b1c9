import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { compareArguments, noArgumentsDiffer } from "../../src/diff/kernel-arguments.ts";

const compare = (before: string, after: string) =>
  compareArguments(before.split(" "), after.split(" "));

describe("comparison of kernel arguments", () => {
  it("tells what was added, removed, and given another value", () => {
    assert.deepEqual(compare("ro quiet panic=10", "ro panic=30 debug"), {
      added: ["debug"],
      removed: ["quiet"],
      changed: [{ name: "panic", before: "panic=10", after: "panic=30" }],
      isReordered: false,
    });
  });

  it("does not pair arguments that may stand several times", () => {
    assert.deepEqual(compare("console=tty0 console=ttyS0", "console=tty0 console=ttyS1"), {
      added: ["console=ttyS1"],
      removed: ["console=ttyS0"],
      changed: [],
      isReordered: false,
    });
  });

  it("counts how often one stands there", () => {
    assert.deepEqual(compare("a", "a a").added, ["a"]);
    assert.deepEqual(compare("a a", "a").removed, ["a"]);
  });

  it("leaves out what names the root, which no two releases share", () => {
    const line = (digit: string) =>
      `roothash=${digit} systemd.verity_root_data=UUID=${digit} systemd.verity_root_hash=UUID=${digit}`;
    assert.ok(noArgumentsDiffer(compare(line("1"), line("2"))));
  });

  it("sees another order", () => {
    const diff = compare("console=tty0 console=ttyS0", "console=ttyS0 console=tty0");
    assert.ok(diff.isReordered && !noArgumentsDiffer(diff));
  });

  it("says that nothing differs exactly when the lines are the same", () => {
    const words = fc.array(fc.constantFrom("a", "b", "c=1", "c=2"), { maxLength: 5 });
    fc.assert(
      fc.property(words, words, (before, after) => {
        assert.equal(
          noArgumentsDiffer(compareArguments(before, after)),
          before.join(" ") === after.join(" "),
        );
      }),
    );
  });
});
