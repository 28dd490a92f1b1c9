import assert from "node:assert/strict";
import { manualClock } from "@slipway/host/testing";
import { describe, it } from "mocha";
import { openDisplay } from "../../src/progress/display.ts";
import { plainSurface } from "../../src/progress/plain.ts";
import { noPaint } from "@slipway/host/command-line";

const MIB = 1024 * 1024;

const setUp = () => {
  const clock = manualClock();
  let text = "";
  const screen = {
    isTerminal: false,
    write: (written: string | Uint8Array) => {
      text += String(written);
    },
    size: () => ({ columns: 20, rows: 5 }),
  };
  const display = openDisplay(plainSurface(screen, clock), clock, {
    signal: new AbortController().signal,
    paint: noPaint,
  });
  return { clock, display, lines: () => text.split("\n").slice(0, -1) };
};

describe("the plain display", () => {
  it("writes start and end of each task, and no note", async () => {
    const { clock, display, lines } = setUp();
    await display.progress.task("tree", "180 packages", async (task) => {
      task.note("Unpacking libc6");
      clock.advance(2500);
    });
    assert.deepEqual(lines(), ["tree: started, 180 packages", "tree: done in 2.5 s"]);
  });

  it("writes of bytes every five seconds, for each task", async () => {
    const { clock, display, lines } = setUp();
    await display.progress.task("a", "", async (a) => {
      await display.progress.task("b", "", async (b) => {
        for (let second = 1; second <= 11; second += 1) {
          clock.advance(1000);
          a.bytes(second * MIB, 20 * MIB);
          if (second > 8) b.bytes(second * MIB, 20 * MIB);
        }
      });
    });
    assert.deepEqual(lines(), [
      "a: started",
      "b: started",
      "a: 5.0 of 20.0 MiB, 1.0 MiB/s",
      "b: 9.0 of 20.0 MiB",
      "a: 10.0 of 20.0 MiB, 1.0 MiB/s",
      "b: done in 11.0 s",
      "a: done in 11.0 s",
    ]);
  });

  it("writes warnings at once, harmless and whole", async () => {
    const { display, lines } = setUp();
    display.progress.warn(`a\u001b[31m long ${"x".repeat(40)}`);
    assert.deepEqual(lines(), [`warning: a long ${"x".repeat(40)}`]);
  });

  it("ignores what a task says after its end", async () => {
    const { display, lines } = setUp();
    let late = (): void => undefined;
    await display.progress.task("tree", "", async (task) => {
      late = () => task.bytes(1, 2);
    });
    late();
    assert.deepEqual(lines(), ["tree: started", "tree: done in 0.0 s"]);
  });
});
