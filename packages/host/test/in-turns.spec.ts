import assert from "node:assert/strict";
import { setImmediate as later } from "node:timers/promises";
import { inTurns } from "@slipway/host";
import { describe, it } from "mocha";

describe("work in turns", () => {
  it("waits for what came before, whatever became of that", async () => {
    const order: string[] = [];
    const alone = inTurns();
    const first = alone(async () => {
      await later();
      order.push("first");
      throw new Error("lost");
    });
    const second = alone(async () => order.push("second"));
    await assert.rejects(first, { message: "lost" });
    await second;
    assert.deepEqual(order, ["first", "second"]);
  });
});
