import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { manualClock } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { orderQueue } from "../../src/daemon/order-queue.ts";
import { type Run, runDaemon } from "../../src/daemon/run-daemon.ts";
import type { State } from "../../src/machine/state.ts";

const STEADY: State = { kind: "steady", polling: { checkAtMs: 0, failures: 0 } };
const quiet = (waitMs: number): Run => ({ kind: "quiet", state: STEADY, waitMs });

/** A daemon whose machine answers as the test says; `advance` moves its time and lets it come to rest. */
const aDaemon = (
  answer: (event: string, runs: number, hurry: AbortSignal) => Run | Promise<Run>,
  watchdogMs?: number,
) => {
  const clock = manualClock();
  const stop = new AbortController();
  const [events, notes, logged]: [string[], string[], string[]] = [[], [], []];
  let hangUp: () => void = () => undefined;
  let isListening = false;
  let ids = 0;
  const queue = orderQueue({
    newId: () => String((ids += 1)).padStart(16, "0"),
    now: clock.now,
  });
  const ended = runDaemon(
    {
      run: async ({ kind }, hurry) => {
        events.push(kind);
        return answer(kind, events.length, hurry);
      },
      orders: queue,
      notify: async (...lines) => {
        notes.push(...lines);
      },
      onHangup: (listener) => {
        hangUp = listener;
        isListening = true;
        return () => {
          isListening = false;
        };
      },
      clock,
      log: (line) => logged.push(line),
      watchdogMs,
    },
    stop.signal,
  );
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await setImmediate();
  };
  return {
    events,
    notes,
    logged,
    queue,
    settle,
    isListening: () => isListening,
    hangUp: async () => {
      hangUp();
      await settle();
    },
    advance: async (ms: number) => {
      await settle();
      clock.advance(ms);
      await settle();
    },
    stop: async () => {
      stop.abort(new Error("stopped"));
      await ended;
    },
  };
};

describe("the daemon", () => {
  it("is ready before it looks, looks at once, and then when the machine wants it to", async () => {
    const daemon = aDaemon(() => quiet(60_000));
    await daemon.settle();
    assert.equal(daemon.notes[0], "READY=1");
    assert.deepEqual(daemon.events, ["tick"]);
    await daemon.advance(59_999);
    assert.equal(daemon.events.length, 1);
    await daemon.advance(1);
    assert.deepEqual(daemon.events, ["tick", "tick"]);
    assert.ok(daemon.notes.some((note) => note.startsWith("STATUS=steady")));
    await daemon.stop();
  });

  it("looks at the repository at once when it is hung up on", async () => {
    const daemon = aDaemon(() => quiet(3_600_000));
    await daemon.settle();
    await daemon.hangUp();
    assert.deepEqual(daemon.events, ["tick", "check-asked"]);
    await daemon.advance(3_600_000);
    assert.deepEqual(daemon.events, ["tick", "check-asked", "tick"]);
    await daemon.stop();
  });

  it("does not forget that it was hung up on while it was at work, or another process was", async () => {
    let [finish, isBusy]: [(run: Run) => void, boolean] = [() => undefined, true];
    const first = new Promise<Run>((resolve) => {
      finish = resolve;
    });
    const daemon = aDaemon((event, runs) => {
      if (runs === 1) return first;
      return event === "check-asked" && isBusy ? { kind: "busy" } : quiet(3_600_000);
    });
    await daemon.settle();
    await daemon.hangUp();
    finish(quiet(3_600_000));
    await daemon.settle();
    assert.deepEqual(daemon.events, ["tick", "check-asked"]);
    isBusy = false;
    await daemon.advance(10_000);
    assert.deepEqual(daemon.events, ["tick", "check-asked", "check-asked"]);
    await daemon.advance(10_000);
    assert.equal(daemon.events.length, 3);
    await daemon.stop();
  });

  it("goes on after a failure, later each time and never later than ten minutes", async () => {
    const daemon = aDaemon(() => {
      throw new Error("/efi cannot be read\nat all");
    });
    await daemon.settle();
    const waits: number[] = [];
    for (let run = 1; run < 10; run += 1) {
      let waited = 0;
      while (daemon.events.length === run) {
        await daemon.advance(1000);
        waited += 1;
      }
      waits.push(waited);
    }
    assert.deepEqual(waits, [15, 30, 60, 120, 240, 480, 600, 600, 600]);
    assert.match(daemon.logged[0] ?? "", /\/efi cannot be read/);
    assert.ok(daemon.notes.includes("STATUS=failing: /efi cannot be read"));
    await daemon.stop();
  });

  it("gives a sign of life twice in the time that systemd waits, while it works too", async () => {
    const daemon = aDaemon(() => new Promise<Run>(() => undefined), 60_000);
    const signs = (): number => daemon.notes.filter((note) => note === "WATCHDOG=1").length;
    await daemon.advance(30_000);
    assert.equal(signs(), 1);
    for (let minute = 0; minute < 10; minute += 1) {
      await daemon.advance(30_000);
      await daemon.advance(30_000);
    }
    assert.equal(signs(), 21);
  });

  it("vouches for no work that takes longer than all tasks may", async () => {
    const daemon = aDaemon(() => new Promise<Run>(() => undefined), 600_000);
    for (let step = 0; step < 60; step += 1) await daemon.advance(300_000);
    const signs = daemon.notes.filter((note) => note === "WATCHDOG=1").length;
    assert.ok(signs > 40 && signs < 49, String(signs));
  });

  it("asks for no watchdog where there is none", async () => {
    const daemon = aDaemon(() => quiet(3_600_000));
    await daemon.advance(3_000_000);
    assert.ok(!daemon.notes.includes("WATCHDOG=1"));
    await daemon.stop();
  });

  it("ends when it is told to, after what it was doing, and says so", async () => {
    let finish: (run: Run) => void = () => undefined;
    const daemon = aDaemon(
      () =>
        new Promise<Run>((resolve) => {
          finish = resolve;
        }),
      60_000,
    );
    await daemon.settle();
    const stopped = daemon.stop();
    await daemon.settle();
    assert.ok(!daemon.notes.includes("STOPPING=1"));
    finish(quiet(1000));
    await stopped;
    assert.equal(daemon.notes.at(-1), "STOPPING=1");
    assert.deepEqual([daemon.events.length, daemon.isListening()], [1, false]);
  });

  describe("that is given orders", () => {
    const ROLLBACK = { kind: "rollback-asked", reason: "it is slow" } as const;
    const answered = (message: string): Run => ({
      kind: "quiet",
      state: STEADY,
      waitMs: 3_600_000,
      answer: { outcome: "nothing", message },
    });
    const recordsOf = ({ queue }: ReturnType<typeof aDaemon>): readonly string[] =>
      queue.records().map(({ action, state, answer }) => `${action} ${state} ${answer?.message}`);

    it("does them one after the other, and keeps what each came to", async () => {
      const daemon = aDaemon((event) => answered(`${event} is done`));
      await daemon.settle();
      daemon.queue.add({ kind: "look-asked" });
      daemon.queue.add({ kind: "update-asked" });
      await daemon.settle();
      assert.deepEqual(daemon.events, ["tick", "look-asked", "update-asked"]);
      assert.deepEqual(recordsOf(daemon), [
        "check done look-asked is done",
        "update done update-asked is done",
      ]);
      await daemon.advance(3_600_000);
      assert.equal(daemon.events.at(-1), "tick");
      await daemon.stop();
    });

    it("looks at the disk before the first of them", async () => {
      const daemon = aDaemon((event) => answered(event));
      daemon.queue.add({ kind: "update-asked" });
      await daemon.settle();
      assert.deepEqual(daemon.events, ["tick", "update-asked"]);
      await daemon.stop();
    });

    it("breaks off for a rollback, and for nothing else", async () => {
      const daemon = aDaemon((event, _, hurry) =>
        event === "update-asked"
          ? new Promise<Run>((resolve) =>
              hurry.addEventListener("abort", () => resolve(answered("broken off"))),
            )
          : answered(event),
      );
      await daemon.settle();
      daemon.queue.add({ kind: "update-asked" });
      await daemon.settle();
      daemon.queue.add({ kind: "look-asked" });
      await daemon.settle();
      assert.deepEqual(recordsOf(daemon), ["update running undefined", "check waiting undefined"]);
      daemon.queue.add(ROLLBACK);
      await daemon.settle();
      // And the rollback comes before what was asked for earlier.
      assert.deepEqual(daemon.events, ["tick", "update-asked", "rollback-asked", "look-asked"]);
      await daemon.stop();
    });

    it("does not break off one rollback for another", async () => {
      let isHurried = false;
      let finish: (run: Run) => void = () => undefined;
      const daemon = aDaemon((event, runs, hurry) => {
        if (event !== "rollback-asked" || runs > 2) return answered(event);
        hurry.addEventListener("abort", () => (isHurried = true));
        return new Promise<Run>((resolve) => (finish = resolve));
      });
      await daemon.settle();
      daemon.queue.add(ROLLBACK);
      await daemon.settle();
      daemon.queue.add(ROLLBACK);
      await daemon.settle();
      assert.equal(isHurried, false);
      finish(answered("gone back"));
      await daemon.stop();
    });

    it("tries again while another process is at work, and gives up after ten minutes", async () => {
      const daemon = aDaemon((event) =>
        event === "update-asked" ? { kind: "busy" } : quiet(3_600_000),
      );
      await daemon.settle();
      daemon.queue.add({ kind: "update-asked" });
      for (let waited = 0; waited < 59; waited += 1) await daemon.advance(10_000);
      assert.equal(daemon.queue.records()[0]?.state, "waiting");
      await daemon.advance(10_000);
      await daemon.advance(10_000);
      assert.equal(daemon.queue.records()[0]?.answer?.failure?.code, "BUSY");
      const runs = daemon.events.length;
      await daemon.advance(20_000);
      assert.equal(daemon.events.slice(runs).includes("update-asked"), false);
      await daemon.stop();
    });

    it("says of one that broke down why it did", async () => {
      const daemon = aDaemon((event) => {
        if (event === "update-asked") throw new Error("the disk is gone");
        return quiet(3_600_000);
      });
      await daemon.settle();
      daemon.queue.add({ kind: "update-asked" });
      await daemon.settle();
      assert.deepEqual(recordsOf(daemon), ["update done the disk is gone"]);
      await daemon.stop();
    });
  });
});
