import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { clip, columnsOf } from "../../src/text/width.ts";

describe("clipping a line", () => {
  it("leaves what fits, and never exceeds the columns", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(60), (text, columns) => {
        const shown = clip(text, columns);
        assert.ok(columnsOf(shown) <= columns);
        assert.equal(shown === text, columnsOf(text) <= columns);
      }),
    );
  });

  it("shows as much as it can, and that there is more", () => {
    assert.equal(clip("abcdef", 6), "abcdef");
    assert.equal(clip("abcdef", 4), "abc…");
    assert.equal(clip("abc def", 5), "abc…");
    assert.equal(clip("abc", 1), "…");
    assert.equal(clip("abc", 0), "");
  });

  it("counts what may be wide as wide", () => {
    assert.equal(columnsOf("日本"), 4);
    assert.equal(columnsOf("⚡"), 2);
    assert.equal(columnsOf("é…→─"), 4);
    assert.equal(clip("日本語", 5), "日本…");
  });
});
