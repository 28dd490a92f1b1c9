import assert from "node:assert/strict";
import type { CheckResult } from "@slipway/release";
import { manualClock } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { runTrials } from "../../src/health/run-trials.ts";
import type { Trial } from "../../src/health/trial.ts";
import { aTrial, FAILED, PASSED, showing, whileTimePasses } from "./trials.ts";

interface Ran {
  readonly results: readonly CheckResult[];
  readonly tookMs: number;
}

const run = async (
  trials: readonly Trial[],
  { deadlineMs = 600_000, settleMs = 0 }: { deadlineMs?: number; settleMs?: number } = {},
): Promise<Ran> => {
  const clock = manualClock();
  const results = await whileTimePasses(runTrials(trials, { clock, deadlineMs, settleMs }), clock);
  return { results, tookMs: clock.monotonicMs() };
};

const briefly = ({ results }: Ran): readonly string[] =>
  results.map(({ name, outcome, tries }) => `${name} ${outcome} ${tries}`);

/** Never answers, and notes that it was told to end. */
const silent =
  (ended: string[] = []): Trial["look"] =>
  (signal) =>
    new Promise(() => {
      signal.addEventListener("abort", () => ended.push("ended"));
    });

describe("trying", () => {
  it("ends at once when everything passes", async () => {
    const ran = await run([aTrial(), aTrial({ name: "b" })]);
    assert.deepEqual(briefly(ran), ["a passed 1", "b passed 1"]);
    assert.equal(ran.tookMs, 0);
    assert.deepEqual(ran.results[0], {
      name: "a",
      level: "required",
      outcome: "passed",
      tries: 1,
      milliseconds: 0,
      seen: "well",
      output: [],
    });
  });

  it("goes on with pauses until it passes", async () => {
    const ran = await run([aTrial({ look: showing(FAILED, FAILED, PASSED), intervalSeconds: 7 })]);
    assert.deepEqual(briefly(ran), ["a passed 3"]);
    assert.equal(ran.tookMs, 14_000);
  });

  it("gives up after the retries, and then all others end too", async () => {
    const ended: string[] = [];
    const ran = await run([
      aTrial({ name: "slow", look: silent(ended), timeoutSeconds: 300 }),
      aTrial({ look: showing(FAILED), retries: 2 }),
    ]);
    assert.deepEqual(briefly(ran), ["a failed 3", "slow unfinished 0"]);
    assert.deepEqual(ran.results[0]?.output, ["first", "last"]);
    assert.equal(ran.tookMs, 10_000);
    assert.deepEqual(ended, ["ended"]);
  });

  it("without retries fails at the first failure", async () => {
    assert.deepEqual(briefly(await run([aTrial({ look: showing(FAILED, PASSED), retries: 0 })])), [
      "a failed 1",
    ]);
  });

  it("without a bound gives up when no further try fits before the deadline", async () => {
    const ran = await run([aTrial({ look: showing(FAILED) })], { deadlineMs: 60_000 });
    assert.deepEqual(briefly(ran), ["a failed 12"]);
    assert.equal(ran.tookMs, 55_000);
  });

  it("ends a try that does not answer in time, and says so", async () => {
    const ended: string[] = [];
    const ran = await run([aTrial({ look: silent(ended), timeoutSeconds: 4, retries: 1 })]);
    assert.deepEqual(briefly(ran), ["a failed 2"]);
    assert.equal(ran.results[0]?.seen, "no answer within 4 s");
    assert.equal(ran.results[0]?.milliseconds, 13_000);
    assert.deepEqual(ended, ["ended", "ended"]);
  });

  it("takes what a look throws for a failure", async () => {
    const look = async (): Promise<never> => {
      throw new Error("connect ECONNREFUSED\nmore");
    };
    const ran = await run([aTrial({ look, retries: 0 })]);
    assert.equal(ran.results[0]?.seen, "connect ECONNREFUSED");
    assert.deepEqual(ran.results[0]?.output, ["more"]);
  });

  it("looks at everything once, even where the boot has taken all the time", async () => {
    const late = { deadlineMs: -1 };
    assert.deepEqual(briefly(await run([aTrial(), aTrial({ name: "b" })], late)), [
      "a passed 1",
      "b passed 1",
    ]);
    assert.deepEqual(briefly(await run([aTrial({ look: showing(FAILED, PASSED) })], late)), [
      "a failed 1",
    ]);
  });

  it("looks at no more than eight at a time, and at all of them", async () => {
    let [now, most] = [0, 0];
    const trials = Array.from({ length: 30 }, (_, index) =>
      aTrial({
        name: `n${index}`,
        look: async () => {
          now += 1;
          most = Math.max(most, now);
          await new Promise((resolve) => setImmediate(resolve));
          now -= 1;
          return PASSED;
        },
      }),
    );
    const { results } = await run(trials);
    assert.ok(results.length === 30 && results.every(({ outcome }) => outcome === "passed"));
    assert.equal(most, 8);
  });
});

describe("settling", () => {
  it("passes what still passes afterwards", async () => {
    const ran = await run([aTrial({ look: showing(FAILED, PASSED) })], { settleMs: 30_000 });
    assert.deepEqual(briefly(ran), ["a passed 3"]);
    assert.equal(ran.tookMs, 35_000);
  });

  it("begins again when something failed meanwhile", async () => {
    const ran = await run(
      [aTrial({ look: showing(PASSED, FAILED, PASSED, PASSED) }), aTrial({ name: "b" })],
      { settleMs: 20_000 },
    );
    // 20 s, a failure, 5 s, a pass, 20 s, a pass.
    assert.deepEqual(briefly(ran), ["a passed 4", "b passed 3"]);
    assert.equal(ran.tookMs, 45_000);
  });

  it("never passes what comes and goes", async () => {
    let isUp = false;
    const look: Trial["look"] = async () => {
      isUp = !isUp;
      return isUp ? PASSED : FAILED;
    };
    const ran = await run([aTrial({ look })], { deadlineMs: 120_000, settleMs: 20_000 });
    assert.equal(ran.results[0]?.outcome, "unfinished");
    assert.match(ran.results[0]?.seen ?? "", /^well, but whether that lasts/);
    assert.ok(ran.tookMs <= 120_000);
  });
});

describe("what is only wanted", () => {
  it("is told, and holds nobody up beyond its first try", async () => {
    const ran = await run([
      aTrial({ look: showing(FAILED, PASSED) }),
      aTrial({ name: "w", level: "wanted", look: showing(FAILED), intervalSeconds: 300 }),
      aTrial({ name: "slow", level: "wanted", look: silent(), timeoutSeconds: 20 }),
    ]);
    assert.deepEqual(briefly(ran), ["a passed 2", "w unfinished 1", "slow unfinished 1"]);
    assert.equal(ran.tookMs, 20_000);
  });

  it("fails for good without a consequence", async () => {
    const ran = await run([
      aTrial({ look: showing(FAILED, FAILED, PASSED) }),
      aTrial({ name: "w", level: "wanted", look: showing(FAILED), retries: 0 }),
    ]);
    assert.deepEqual(briefly(ran), ["a passed 3", "w failed 1"]);
  });
});

describe("a run that somebody else ends", () => {
  it("leaves everything unfinished", async () => {
    const clock = manualClock();
    const ending = new AbortController();
    const running = runTrials([aTrial({ look: showing(FAILED) }), aTrial({ name: "b" })], {
      clock,
      deadlineMs: 600_000,
      settleMs: 0,
      signal: ending.signal,
    });
    ending.abort();
    const results = await whileTimePasses(running, clock);
    assert.ok(results.every(({ outcome }) => outcome === "unfinished"));
    assert.equal(clock.monotonicMs(), 0);
  });
});
