import assert from "node:assert/strict";
import * as fc from "fast-check";
import { ignitionStrings } from "./ignition-strings.ts";
import { ignitionText } from "./ignition-texts.ts";
import {
  type ConfigText,
  validateOurselves,
  validateReally,
  type Verdict,
} from "./real-ignition.ts";

const kindsOf = (verdicts: readonly Verdict[]): number =>
  new Set(verdicts.flatMap(({ lines }) => lines.map((line) => line.replace(/^.*?: /, "")))).size;

/** What only one of two verdicts says. */
const differenceOf = (ours: Verdict, theirs: Verdict | undefined): object | undefined => {
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return undefined;
  return {
    ours: [ours.status, ...ours.lines.filter((line) => theirs?.lines.includes(line) !== true)],
    theirs: [theirs?.status, ...(theirs?.lines.filter((line) => !ours.lines.includes(line)) ?? [])],
  };
};

const compare = async (
  texts: fc.Arbitrary<ConfigText>,
  count: number,
  seed: number,
): Promise<readonly Verdict[]> => {
  const configs = fc.sample(texts, { numRuns: count, seed });
  const theirs = await validateReally(configs);
  const differences = configs.flatMap((config, index) => {
    const ours = validateOurselves(config);
    // The program prints its report as a format string, so that a % in it becomes something else.
    const difference = ours.lines.some((line) => line.includes("%"))
      ? undefined
      : differenceOf(ours, theirs[index]);
    return difference === undefined ? [] : [{ config: String(Buffer.from(config)), ...difference }];
  });
  differences.sort((one, other) => one.config.length - other.config.length);
  assert.deepEqual(
    differences.slice(0, 3),
    [],
    `${differences.length} of ${count} configs (seed ${seed}); the shortest are shown`,
  );
  return theirs;
};

/** Generates configs of the specs that Debian's program knows and compares every answer with ours. */
export const compareConfigs = async (count: number, seed: number): Promise<void> => {
  const texts = ignitionText(["3.0.0", "3.1.0", "3.2.0", "3.3.0"]);
  const verdicts = await compare(texts, count, seed);
  // A generator that only ever made one kind of config would prove little.
  const valid = verdicts.filter(({ status }) => status === 0).length;
  assert.ok(valid > count / 100 && valid < count / 2, `${valid} of ${count} are valid`);
  assert.ok(kindsOf(verdicts) > 60, `${kindsOf(verdicts)} kinds of findings`);
};

/** The same with configs that hold dozens of odd URLs, unit files and paths each. */
export const compareStrings = async (count: number, seed: number): Promise<void> => {
  const verdicts = await compare(ignitionStrings, count, seed);
  const lines = verdicts.reduce((sum, verdict) => sum + verdict.lines.length, 0);
  assert.ok(lines > count * 20, `${lines} findings`);
  assert.ok(kindsOf(verdicts) > 30, `${kindsOf(verdicts)} kinds of findings`);
};

/** The same with single bytes changed, put in and taken away, so that many are no JSON or no UTF-8. */
export const compareBytes = async (count: number, seed: number): Promise<void> => {
  // Two control characters mark where an answer ends.
  const byte = fc.integer({ min: 0, max: 253 }).map((value) => (value < 0x1e ? value : value + 2));
  const change = fc.tuple(fc.nat(), fc.nat(2), fc.array(byte, { maxLength: 2 }));
  const texts = fc
    .tuple(ignitionText(["3.0.0", "3.3.0"]), fc.array(change, { minLength: 1, maxLength: 2 }))
    .map(([text, changes]) => {
      const bytes = [...Buffer.from(text)];
      for (const [at, removed, added] of changes) {
        bytes.splice(at % (bytes.length + 1), removed, ...added);
      }
      return Uint8Array.from(bytes);
    });
  const verdicts = await compare(texts, count, seed);
  const refused = verdicts.filter(({ lines }) => lines.some((line) => line.endsWith("(JSON)")));
  assert.ok(refused.length > count / 4 && refused.length < count, String(refused.length));
};
