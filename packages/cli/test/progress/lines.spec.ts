import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  clipLine,
  endLine,
  paintLine,
  plainBytes,
  plainStart,
  runningLines,
  textOf,
} from "../../src/progress/lines.ts";
import { countTask, noteTask, startTask } from "../../src/progress/task-view.ts";
import { noPaint, terminalPaint } from "@slipway/host/command-line";
import { columnsOf } from "../../src/text/width.ts";

const MIB = 1024 * 1024;
const WIDE = { columns: 100, rows: 24 };
const shown = (...args: Parameters<typeof runningLines>) => runningLines(...args).map(textOf);

describe("lines of running tasks", () => {
  it("name the task, its time, and its detail until it says something", () => {
    const task = startTask("tree x86_64", "180 packages", 1000);
    assert.deepEqual(shown([task], 13_300, WIDE), ["tree x86_64    12.3 s  180 packages"]);
    const noted = noteTask(task, "Unpacking libc6");
    assert.deepEqual(shown([noted], 13_300, WIDE), ["tree x86_64    12.3 s  Unpacking libc6"]);
  });

  it("show bytes done of all, and the rate once it is known", () => {
    const first = countTask(startTask("packages", "", 0), { done: 0, total: 300 * MIB }, 0);
    assert.deepEqual(shown([first], 500, WIDE), ["packages     0.5 s  0.0 of 300.0 MiB"]);
    const later = countTask(first, { done: 62 * MIB, total: 300 * MIB }, 2000);
    assert.deepEqual(shown([later], 2000, WIDE), [
      "packages     2.0 s  62.0 of 300.0 MiB, 31.0 MiB/s",
    ]);
  });

  it("never count more than there is", () => {
    const task = countTask(startTask("packages", "", 0), { done: 12, total: 10 }, 0);
    assert.match(shown([task], 0, WIDE)[0] ?? "", /10 of 10 B/);
  });

  it("begin in the same columns", () => {
    const lines = shown([startTask("tree", "a", 0), startTask("packages", "b", 0)], 0, WIDE);
    assert.equal(lines[0]?.indexOf("0.0 s"), lines[1]?.indexOf("0.0 s"));
  });

  it("leave the last row free and count what they hide", () => {
    const tasks = Array.from({ length: 9 }, (_, index) => startTask(`task ${index}`, "", 0));
    const lines = shown(tasks, 0, { columns: 80, rows: 6 });
    assert.equal(lines.length, 5);
    assert.equal(lines.at(-1), "and 5 more");
    assert.equal(shown(tasks, 0, { columns: 80, rows: 10 }).length, 9);
    assert.equal(shown(tasks, 0, { columns: 80, rows: 1 }).length, 1);
  });

  it("are always narrower than the terminal", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme" }),
        fc.string({ unit: "grapheme" }),
        fc.integer({ min: 1, max: 120 }),
        (name, note, columns) => {
          const task = noteTask(startTask(name, "", 0), note);
          for (const line of shown([task], 0, { columns, rows: 5 })) {
            assert.ok(columnsOf(line) <= Math.max(1, columns - 1));
            assert.doesNotMatch(line, /\n|\r/);
          }
        },
      ),
    );
  });
});

describe("a line in pieces", () => {
  const line = [
    { text: "tree", tone: "strong" },
    { text: ": " },
    { text: "done", tone: "good" },
  ] as const;

  it("is cut across its pieces without counting colours", () => {
    assert.equal(textOf(clipLine(line, 10)), "tree: done");
    assert.equal(textOf(clipLine(line, 9)), "tree: do…");
    assert.equal(textOf(clipLine(line, 4)), "tree");
    assert.equal(
      paintLine(clipLine(line, 9), terminalPaint),
      "\u001b[1mtree\u001b[22m: \u001b[32mdo…\u001b[39m",
    );
  });

  it("has no colours where none are wanted", () => {
    assert.equal(paintLine(line, noPaint), "tree: done");
  });
});

describe("lasting lines of tasks", () => {
  const task = startTask("tree", "x", 1000);
  it("say how a task ended and how long it took", () => {
    assert.equal(textOf(endLine(task, "done", 13_300)), "tree: done in 12.3 s");
    assert.equal(textOf(endLine(task, "failed", 1100)), "tree: failed after 0.1 s");
    assert.equal(textOf(endLine(task, "stopped", 1100)), "tree: stopped after 0.1 s");
  });

  it("say that a task began, and where it stands", () => {
    assert.equal(plainStart(task), "tree: started, x");
    assert.equal(plainStart(startTask("tree", "", 0)), "tree: started");
    assert.equal(
      plainBytes(countTask(task, { done: MIB, total: 2 * MIB }, 0), 0),
      "tree: 1.0 of 2.0 MiB",
    );
  });
});
