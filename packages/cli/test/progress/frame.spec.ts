import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { NOTHING_PAINTED, type Painted, repaint } from "../../src/progress/frame.ts";
import { noPaint } from "@slipway/host/command-line";
import { aTerminal } from "../support/a-terminal.ts";

const COLUMNS = 20;
const lineOf = (text: string) => [{ text }];

/** Paints one frame after the other, and shows the screen after the last. */
const painted = (
  frames: readonly { readonly lasting?: readonly string[]; readonly lines: readonly string[] }[],
) => {
  const terminal = aTerminal(COLUMNS);
  let before: Painted = NOTHING_PAINTED;
  for (const { lasting = [], lines } of frames) {
    const frame = repaint(before, COLUMNS, { lasting, lines: lines.map(lineOf) }, noPaint);
    terminal.write(frame.text);
    before = frame.painted;
  }
  return terminal;
};

describe("painting a frame", () => {
  it("writes over the frame before it", () => {
    assert.deepEqual(
      painted([{ lines: ["tree 1 long", "b"] }, { lines: ["tree 2", "b"] }]).lines(),
      ["tree 2", "b"],
    );
  });

  it("leaves nothing of longer and of more lines", () => {
    assert.deepEqual(painted([{ lines: ["aaaaaaa", "bbbbbb", "c"] }, { lines: ["a"] }]).lines(), [
      "a",
    ]);
    assert.deepEqual(painted([{ lines: ["a", "b"] }, { lines: [] }]).lines(), []);
  });

  it("puts lasting lines above, where they stay", () => {
    const frames = [
      { lines: ["running", "more"] },
      { lasting: ["warning: one"], lines: ["running", "more"] },
      { lines: ["running", "more"] },
      { lasting: ["done", "two"], lines: ["more"] },
      { lines: [] },
    ];
    assert.deepEqual(painted(frames).lines(), ["warning: one", "done", "two"]);
  });

  it("takes lasting lines of any length, those that fill their rows included", () => {
    for (const length of [COLUMNS - 1, COLUMNS, COLUMNS + 1, 3 * COLUMNS]) {
      const text = "x".repeat(length);
      const lines = painted([
        { lines: ["run"] },
        { lasting: [text], lines: ["run"] },
        { lines: [] },
      ]).lines();
      assert.equal(lines.join(""), text);
    }
  });

  it("goes up all rows that a narrower terminal has made of its lines", () => {
    const { text } = repaint([19, 5, 0], 10, { lasting: [], lines: [] }, noPaint);
    assert.match(text, /\[4A/);
  });

  it("leaves cursor and modes as they were, whenever the program is killed", () => {
    const { modes } = painted([{ lines: ["a"] }, { lasting: ["b"], lines: ["a"] }, { lines: [] }]);
    assert.deepEqual(new Set(modes), new Set(["\u001b[?2026h", "\u001b[?2026l"]));
    assert.equal(modes.at(-1), "\u001b[?2026l");
  });
});
