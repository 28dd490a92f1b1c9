import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { aDiff, noDiff } from "../support/a-diff.ts";
import { runInMemory } from "../support/a-world.ts";

describe("slipway diff", () => {
  const diffing = (diff = aDiff(), seen: unknown[] = []) => ({
    composer: {
      diffReleases: async (before: string, after: string) => {
        seen.push(before, after);
        return diff;
      },
    },
  });

  it("compares the first directory with the second, and succeeds whether they differ or not", async () => {
    const seen: unknown[] = [];
    const { status, stdout, stderr } = await runInMemory(
      ["diff", "a", "/b"],
      diffing(aDiff(), seen),
    );
    assert.deepEqual([status, stderr, seen], [0, "", ["/project/a", "/b"]]);
    assert.match(stdout, /^base 1 -> 2 for x86_64\n/);
    assert.equal((await runInMemory(["diff", "a", "b"], diffing(noDiff()))).status, 0);
  });

  it("prints all of it as one document", async () => {
    const { stdout } = await runInMemory(["diff", "a", "b", "--json"], diffing());
    // What is undefined is left out of a document.
    assert.deepEqual(JSON.parse(stdout), JSON.parse(JSON.stringify(aDiff())));
  });

  it("prints Markdown", async () => {
    const { stdout } = await runInMemory(["diff", "a", "b", "--format", "md"], diffing());
    assert.match(stdout, /^## base 1 → 2 for x86_64\n/);
  });

  it("says with its status that something differs when it is asked to", async () => {
    const status = async (diff = aDiff()) =>
      (await runInMemory(["diff", "a", "b", "--exit-code"], diffing(diff))).status;
    assert.deepEqual([await status(), await status(noDiff())], [1, 0]);
  });
});
