import assert from "node:assert/strict";
import { manualClock } from "@slipway/host/testing";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { runTrials } from "../../src/health/run-trials.ts";
import { judge, rootResult } from "../../src/verdict/judge.ts";
import { aTrial, FAILED, PASSED, showing, whileTimePasses } from "../health/trials.ts";

/** A check that passes from a certain try on, or never. */
const checks = fc.array(
  fc.record({
    level: fc.constantFrom("required" as const, "wanted" as const),
    passesAt: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
    retries: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
  }),
  { maxLength: 12 },
);

describe("a verdict", () => {
  it("is good exactly where all that is required passes, whatever is only wanted", async () => {
    await fc.assert(
      fc.asyncProperty(checks, fc.boolean(), async (drawn, isWhole) => {
        const clock = manualClock();
        const trials = drawn.map(({ level, passesAt, retries }, index) =>
          aTrial({
            name: `n${index}`,
            level,
            intervalSeconds: 1,
            ...(retries === undefined ? {} : { retries }),
            look:
              passesAt === undefined
                ? showing(FAILED)
                : showing(...Array.from({ length: passesAt - 1 }, () => FAILED), PASSED),
          }),
        );
        const results = await whileTimePasses(
          runTrials(trials, { clock, deadlineMs: 60_000, settleMs: 0 }),
          clock,
          { stepMs: 1000 },
        );
        const root = rootResult(
          isWhole ? { kind: "whole", bytes: 1 } : { kind: "damaged", reason: "EIO" },
          0,
        );
        const { verdict } = judge([root, ...results]);
        const willPass = drawn.every(
          ({ level, passesAt, retries = Infinity }) =>
            level === "wanted" || (passesAt !== undefined && passesAt - 1 <= retries),
        );
        assert.equal(verdict, willPass && isWhole ? "good" : "bad");
        assert.equal(results.length, drawn.length);
      }),
      { numRuns: 200 },
    );
  });
});
