/** Recorded answers of the real programs against ours. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { COMPARISONS, conformanceOf } from "./conformance.ts";
import { hasCorpus } from "../../../../test/support/corpus.ts";

describe("the recorded answers of Ignition", () => {
  if (!hasCorpus()) return;
  for (const file of Object.keys(COMPARISONS)) {
    it(`are ours: ${file}`, async () => {
      const { cases, deviations } = await conformanceOf(file);
      assert.deepEqual(deviations, []);
      assert.ok(cases > 0);
    });
  }
});
