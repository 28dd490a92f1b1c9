/** Every recorded run of Butane, against ours. */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { hasCorpus } from "../ignition/corpus-file.ts";
import { BUTANE_FILES, differences, readCases } from "./corpus-case.ts";

/** Fewer than these were not the corpus. */
const LEAST_CASES: Readonly<Record<string, number>> = {
  "butane.jsonl": 800,
  "butane-probes.jsonl": 40,
};

describe("the corpus of Butane", function () {
  this.timeout(60_000);
  if (!hasCorpus()) {
    it.skip("is not here");
    return;
  }
  for (const file of BUTANE_FILES) {
    it(`agrees with every case of ${file}: verdict, report, output`, async () => {
      const cases = readCases(file);
      assert.ok(cases.length >= (LEAST_CASES[file] ?? Infinity), String(cases.length));
      const different: Record<string, readonly string[]> = {};
      for (const recorded of cases) {
        const found = await differences(recorded);
        if (found.length > 0) different[recorded.id] = found;
      }
      assert.deepEqual(different, {});
    });
  }
});
