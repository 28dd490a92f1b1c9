import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { linuxClock } from "@slipway/host";
import { manualClock } from "@slipway/host/testing";

describe("a manual clock", () => {
  it("stands still until it is moved", () => {
    const clock = manualClock(new Date(1000));
    assert.equal(clock.now().getTime(), 1000);
    clock.advance(500);
    assert.deepEqual([clock.now().getTime(), clock.monotonicMs()], [1500, 500]);
  });

  it("wakes sleepers in the order of their times", async () => {
    const clock = manualClock();
    const woken: string[] = [];
    const late = clock.sleep(200).then(() => woken.push("late"));
    const early = clock.sleep(100).then(() => woken.push("early"));
    clock.advance(99);
    await Promise.resolve();
    assert.deepEqual(woken, []);
    clock.advance(101);
    await Promise.all([late, early]);
    assert.deepEqual(woken, ["early", "late"]);
  });
});

for (const [name, make] of [
  ["this machine's clock", () => linuxClock],
  ["a manual clock", () => manualClock()],
] as const) {
  describe(name, () => {
    it("rejects a sleep that is no longer wanted", async () => {
      const controller = new AbortController();
      const sleeping = make().sleep(60_000, controller.signal);
      controller.abort(new Error("enough"));
      await assert.rejects(sleeping);
    });

    it("never goes back", () => {
      const clock = make();
      assert.ok(clock.monotonicMs() <= clock.monotonicMs());
    });
  });
}
