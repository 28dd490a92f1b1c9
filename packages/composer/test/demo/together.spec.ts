import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { together } from "../../src/demo/together.ts";

describe("work that goes on side by side", () => {
  it("answers what its lead answers, when all that joined has ended", async () => {
    const ended: string[] = [];
    const slow = Promise.withResolvers<void>();
    const whole = together(undefined, async ({ join }) => {
      void join(slow.promise.then(() => join(later(() => ended.push("brought in later")))));
      ended.push("lead");
      return 7;
    });
    await later(() => slow.resolve());
    assert.equal(await whole, 7);
    assert.deepEqual(ended, ["lead", "brought in later"]);
  });

  it("tells the others when one fails, waits for them, and fails as the first did", async () => {
    const ended: string[] = [];
    const whole = together(undefined, async ({ signal, join }) => {
      void join(
        stopped(signal).then(async () => {
          await later(() => ended.push("cleared away"));
          throw new Error("told to stop");
        }),
      );
      void join(Promise.reject(new Error("out of disk")));
      await stopped(signal);
      ended.push("lead");
    });
    await assert.rejects(whole, { message: "out of disk" });
    assert.deepEqual(ended, ["lead", "cleared away"]);
  });

  it("stops what joined when the lead fails", async () => {
    const told: string[] = [];
    const whole = together(undefined, async ({ signal, join }) => {
      void join(stopped(signal).then(() => told.push("stopped")));
      throw new Error("lead");
    });
    await assert.rejects(whole, { message: "lead" });
    assert.deepEqual(told, ["stopped"]);
  });

  it("is stopped from outside", async () => {
    const outer = new AbortController();
    const whole = together(outer.signal, async ({ signal }) => {
      await stopped(signal);
      return "stopped";
    });
    outer.abort();
    assert.equal(await whole, "stopped");
  });
});

const later = async (what: () => unknown): Promise<void> => {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  what();
};

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
