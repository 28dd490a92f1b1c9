/**
 * The chrootless tree of the container host against the one that an ordinary installation gives. Whatever differs stands, with
 * its reason, in `test/support/chrootless-pair.ts`. `emulated.spec.ts` does the same for the other architecture.
 */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { chrootlessDifferences, EXPLAINED, onlyExplained } from "../support/chrootless-pair.ts";
import { requireRoot, scratchDirectory } from "../support/release.ts";

describe("chrootless tree", function () {
  this.timeout("10m");
  requireRoot();
  const scratch = scratchDirectory("chrootless");

  it("differs from an ordinary one in nothing but what is explained", async () => {
    const own = process.arch === "arm64" ? "aarch64" : "x86_64";
    onlyExplained(await chrootlessDifferences(own, scratch));
  });

  it("needs no more than forty explanations", () => {
    assert.ok(Object.keys(EXPLAINED).length <= 40);
  });
});
