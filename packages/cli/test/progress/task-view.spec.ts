import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { countTask, noteTask, rateOf, startTask } from "../../src/progress/task-view.ts";

const counted = (points: readonly (readonly [number, number])[]) =>
  points.reduce(
    (task, [atMs, done]) => countTask(task, { done, total: 1e9 }, atMs),
    startTask("packages", "", 0),
  );

describe("a running task", () => {
  it("has no rate before a second has passed", () => {
    assert.equal(
      rateOf(
        counted([
          [0, 0],
          [900, 900],
        ]),
        900,
      ),
      undefined,
    );
    assert.equal(rateOf(startTask("packages", "", 0), 5000), undefined);
  });

  it("has the rate of the bytes that came, not of those that were there", () => {
    assert.equal(
      rateOf(
        counted([
          [0, 5000],
          [2000, 7000],
        ]),
        2000,
      ),
      1000,
    );
  });

  it("forgets how fast it was more than ten seconds ago", () => {
    const task = counted([
      [0, 0],
      [1000, 1_000_000],
      [20_000, 1_000_000],
      [22_000, 1_002_000],
    ]);
    assert.equal(rateOf(task, 22_000), 1000);
  });

  it("has no rate when nothing comes", () => {
    assert.equal(
      rateOf(
        counted([
          [0, 500],
          [3000, 500],
        ]),
        3000,
      ),
      undefined,
    );
  });

  it("keeps few samples however often it is told", () => {
    const points = Array.from({ length: 10_000 }, (_, ms) => [ms * 10, ms] as const);
    assert.ok(counted(points).samples.length <= 42);
  });

  it("keeps its last words on one line, without the program's controls", () => {
    const task = noteTask(startTask("tree", "", 0), "Unpacking\u001b[K libc6\r\n");
    assert.equal(task.note, "Unpacking libc6");
    assert.equal(noteTask(task, " \n").note, "Unpacking libc6");
  });
});
