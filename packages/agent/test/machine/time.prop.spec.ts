import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import type { Situation } from "../../src/machine/situation.ts";
import {
  checkAgainAt,
  firstCheckAt,
  HOUR,
  isCheckDue,
  isDue,
  nextCheckAt,
  retryAt,
} from "../../src/machine/time.ts";

const pollSeconds = fc.integer({ min: 10, max: 604_800 });
const luck = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const now = fc.constantFrom(0, 1_800_000_000_000);

const settings = (seconds: number): Situation["settings"] => ({
  pollSeconds: seconds,
  strategy: "immediate",
  stage: "early",
  schedule: { timeZone: "UTC", windows: [], blackouts: [] },
  sessions: { postponeMinutes: 10, postponeTimes: 3 },
  probationSeconds: 600,
});

describe("times of the machine", () => {
  it("are whole, never past, and at most half again as far away as they are meant", () => {
    fc.assert(
      fc.property(
        now,
        luck,
        pollSeconds,
        fc.integer({ min: 1, max: 1000 }),
        (nowMs, drawn, seconds, failures) => {
          const moment = { nowMs, luck: drawn };
          const set = settings(seconds);
          const waits = {
            retry: retryAt(moment, failures) - nowMs,
            next: nextCheckAt(moment, set) - nowMs,
            first: firstCheckAt(moment, set) - nowMs,
            again: checkAgainAt(moment, set, failures) - nowMs,
          };
          for (const wait of Object.values(waits))
            assert.ok(Number.isSafeInteger(wait) && wait >= 0);
          assert.ok(waits.retry >= 15_000 && waits.retry <= 1.5 * HOUR);
          assert.ok(waits.next >= seconds * 900 && waits.next <= seconds * 1100);
          assert.ok(waits.first <= Math.min(seconds * 1000, 120_000));
          assert.ok(waits.again <= waits.next);
          for (const wait of Object.values(waits)) {
            assert.ok(isDue(nowMs + wait, { nowMs: nowMs + wait, settings: set }));
            if (wait > 0) assert.ok(!isDue(nowMs + wait, { nowMs, settings: set }));
          }
          for (const wait of [waits.next, waits.first, waits.again]) {
            const polling = { checkAtMs: nowMs + wait };
            assert.equal(isCheckDue(polling, { nowMs, settings: set }), wait === 0);
            assert.ok(isCheckDue(polling, { nowMs: nowMs + wait, settings: set }));
            // Whoever shortens the interval does not wait for the end of the longer one.
            const isFar = wait > 11_000;
            assert.equal(
              isCheckDue(polling, { nowMs, settings: settings(10) }),
              isFar || wait === 0,
            );
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("have come where a jump of the clock has put them years away", () => {
    fc.assert(
      fc.property(pollSeconds, (seconds) => {
        const year = 365 * 24 * HOUR;
        assert.ok(isDue(1_800_000_000_000, { nowMs: 0, settings: settings(seconds) }));
        assert.ok(isDue(year, { nowMs: 0, settings: settings(seconds) }));
      }),
    );
  });
});
