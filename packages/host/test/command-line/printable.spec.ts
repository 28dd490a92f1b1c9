import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { printable, printableLine } from "../../src/command-line/printable.ts";

describe("text from outside", () => {
  it("cannot move the cursor, colour, ring or turn a line around", () => {
    assert.equal(printable("a\u001b[2Jb\u001b]0;title\u0007c"), "abc");
    assert.equal(printable("a\u0007b\rc\u009bd\u202ee"), "a?b?c?d?e");
  });

  it("keeps line feeds and widens tabs", () => {
    assert.equal(printable("a\tb\r\nc\n"), "a  b\nc\n");
  });

  it("becomes one line where one line is wanted", () => {
    assert.equal(printableLine("  a\n   b\n"), "a b");
    assert.equal(printableLine("\n"), "");
  });
});
