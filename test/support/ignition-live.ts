import assert from "node:assert/strict";
import * as fc from "fast-check";
import { ignitionText } from "./ignition-texts.ts";
import { validateOurselves, validateReally } from "./real-ignition.ts";

/** Generates configs of the specs that Debian's program knows and compares every answer with ours. */
export const compareWithRealIgnition = async (count: number, seed: number): Promise<void> => {
  const texts = ignitionText(["3.0.0", "3.1.0", "3.2.0", "3.3.0"]);
  const configs = fc.sample(texts, { numRuns: count, seed });
  const theirs = await validateReally(configs);
  const differences = configs
    .map((config, index) => ({ config, ours: validateOurselves(config), theirs: theirs[index] }))
    .filter(({ ours, theirs: real }) => JSON.stringify(ours) !== JSON.stringify(real))
    .sort((one, other) => one.config.length - other.config.length);
  assert.deepEqual(
    differences.slice(0, 3),
    [],
    `${differences.length} of ${count} configs (seed ${seed}); the shortest are shown`,
  );
  // A generator that only ever made one kind of config would prove little.
  const valid = theirs.filter(({ status }) => status === 0).length;
  const kinds = new Set(
    theirs.flatMap(({ lines }) => lines.map((line) => line.replace(/^.*?: /, ""))),
  );
  assert.ok(valid > count / 100 && valid < count / 2, `${valid} of ${count} are valid`);
  assert.ok(kinds.size > 60, `${kinds.size} kinds of findings`);
};
