import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { manualClock } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { openDisplay } from "../../src/progress/display.ts";
import { liveSurface } from "../../src/progress/live.ts";
import { noPaint } from "@slipway/host/command-line";
import { aTerminal } from "../support/a-terminal.ts";

const setUp = (columns = 60) => {
  const clock = manualClock();
  const terminal = aTerminal(columns);
  let writes = 0;
  let width = columns;
  const screen = {
    isTerminal: true,
    write: (text: string | Uint8Array) => {
      writes += 1;
      terminal.write(text);
    },
    size: () => ({ columns: width, rows: 10 }),
  };
  const abort = new AbortController();
  const display = openDisplay(liveSurface(screen, clock, noPaint), clock, {
    signal: abort.signal,
    paint: noPaint,
  });
  const advance = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await setImmediate();
  };
  return {
    ...{ advance, display, terminal, abort },
    writes: () => writes,
    resize: (to: number) => {
      width = to;
    },
  };
};

/** A task that runs until it is told to end. */
const pending = () => Promise.withResolvers<void>();

describe("the live display", () => {
  it("shows a task while it runs, and one line when it is done", async () => {
    const { advance, display, terminal } = setUp();
    const work = pending();
    const task = display.progress.task("tree", "packages", () => work.promise);
    assert.deepEqual(terminal.lines(), ["tree     0.0 s  packages"]);
    await advance(12_300);
    assert.deepEqual(terminal.lines(), ["tree    12.3 s  packages"]);
    work.resolve();
    await task;
    await advance(100);
    assert.deepEqual(terminal.lines(), ["tree: done in 12.3 s"]);
  });

  it("says that a task failed, and passes its error on", async () => {
    const { advance, display, terminal } = setUp();
    const failing = display.progress.task("tree", "", async () => {
      throw new Error("broken");
    });
    await assert.rejects(failing, /broken/);
    await advance(100);
    assert.deepEqual(terminal.lines(), ["tree: failed after 0.0 s"]);
  });

  it("calls it stopped when the person wanted it", async () => {
    const { abort, advance, display, terminal } = setUp();
    abort.abort();
    await assert.rejects(
      display.progress.task("tree", "", async () => {
        throw new Error("aborted");
      }),
    );
    await advance(100);
    assert.deepEqual(terminal.lines(), ["tree: stopped after 0.0 s"]);
  });

  it("draws ten times a second at most, however much happens", async () => {
    const { advance, display, writes } = setUp();
    const work = pending();
    const task = display.progress.task("packages", "", async (running) => {
      for (let done = 0; done < 1000; done += 1) {
        running.bytes(done, 1000);
        running.note(`file ${done}`);
      }
      display.progress.warn("one");
      display.progress.warn("two");
      await work.promise;
    });
    const first = writes();
    assert.ok(first <= 1, `wrote ${first} times`);
    for (let ms = 0; ms < 1000; ms += 10) await advance(10);
    assert.ok(writes() - first <= 10, `wrote ${writes() - first} times`);
    work.resolve();
    await task;
    display.close();
  });

  it("puts a warning above the tasks within a tenth of a second", async () => {
    const { advance, display, terminal } = setUp();
    const work = pending();
    const task = display.progress.task("tree", "", () => work.promise);
    display.progress.warn("the mirror no longer has foo");
    await advance(100);
    assert.deepEqual(terminal.lines(), ["warning: the mirror no longer has foo", "tree     0.1 s"]);
    work.resolve();
    await task;
    display.close();
    assert.deepEqual(terminal.lines(), [
      "warning: the mirror no longer has foo",
      "tree: done in 0.1 s",
    ]);
  });

  it("draws at once after it was idle", async () => {
    const { advance, display, terminal } = setUp();
    await display.progress.task("one", "", async () => undefined);
    await advance(100);
    await advance(5000);
    const work = pending();
    const task = display.progress.task("two", "", () => work.promise);
    assert.equal(terminal.lines().at(-1), "two     0.0 s");
    await advance(100);
    assert.equal(terminal.lines().at(-1), "two     0.1 s");
    work.resolve();
    await task;
    display.close();
  });

  it("leaves only lasting lines when it is closed, and loses none of them", async () => {
    const { display, terminal } = setUp();
    const work = pending();
    const task = display.progress.task("tree", "", () => work.promise);
    display.say("one\ntwo");
    display.close();
    display.close();
    assert.deepEqual(terminal.lines(), ["one", "two"]);
    display.say("three");
    work.resolve();
    await task;
    assert.deepEqual(terminal.lines(), ["one", "two", "three"]);
  });

  it("stops drawing when it is closed", async () => {
    const { advance, display, writes } = setUp();
    const work = pending();
    const task = display.progress.task("tree", "", () => work.promise);
    await advance(100);
    display.close();
    const before = writes();
    await advance(1000);
    assert.equal(writes(), before);
    work.resolve();
    await task;
  });

  it("does not keep the program waiting for its next frame when it is closed", async () => {
    const clock = manualClock();
    const sleeps: (AbortSignal | undefined)[] = [];
    const sleep: typeof clock.sleep = (ms, signal) => {
      sleeps.push(signal);
      return clock.sleep(ms, signal);
    };
    const screen = {
      isTerminal: true,
      write: () => undefined,
      size: () => ({ columns: 80, rows: 9 }),
    };
    const display = openDisplay(liveSurface(screen, { ...clock, sleep }, noPaint), clock, {
      signal: new AbortController().signal,
      paint: noPaint,
    });
    const work = pending();
    const task = display.progress.task("tree", "", () => work.promise);
    display.close();
    assert.deepEqual(
      sleeps.map((signal) => signal?.aborted),
      [true],
    );
    work.resolve();
    await task;
  });

  it("fits the terminal as it is now", async () => {
    const { advance, display, resize, terminal } = setUp(60);
    const work = pending();
    const task = display.progress.task("tree", "x".repeat(100), () => work.promise);
    resize(30);
    await advance(100);
    assert.ok((terminal.lines().at(-1) ?? "").length < 30);
    work.resolve();
    await task;
    display.close();
  });
});
