import assert from "node:assert/strict";
import { type Finding, renderFinding } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { HEAD, load } from "../support/load.ts";

/** A finding on one line, from byte column to byte column. */
const at = (line: number, from: number, to: number, hint?: string): Finding => ({
  level: "error",
  rule: "path",
  message: "is wrong",
  ...(hint === undefined ? {} : { hint }),
  path: [],
  range: {
    file: "a.yaml",
    start: { line, column: from, offset: 0 },
    end: { line, column: to, offset: 0 },
  },
});

const lines = (...args: Parameters<typeof renderFinding>): readonly string[] =>
  renderFinding(...args).split("\n");

describe("a rendered finding", () => {
  it("shows the place, the line, carets and the hint", async () => {
    const { report, texts } = await load(`${HEAD}storage:\n  files:\n    - pth: /a\n`);
    const shown = report.findings.map((finding) => renderFinding(finding, texts.get("main.yaml")));
    assert.deepEqual(shown, [
      [
        'main.yaml:6:7: error[unknown-key]: unknown key "pth" in this item',
        "  6 |     - pth: /a",
        "    |       ^^^",
        "    = did you mean `path`?",
      ].join("\n"),
    ]);
  });

  it("does without a text, a range or a hint", () => {
    assert.equal(renderFinding(at(3, 5, 6)), "a.yaml:3:5: error[path]: is wrong");
    const { range: _, ...bare } = at(1, 1, 1, "do this");
    assert.equal(renderFinding(bare, "a: 1"), "error[path]: is wrong\n   = do this");
  });

  it("does not print a line that may hold a secret", () => {
    for (const rule of ["password-hash", "ssh-key", "url-secret"]) {
      assert.deepEqual(lines({ ...at(1, 1, 2), rule }, "hunter2"), [
        `a.yaml:1:1: error[${rule}]: is wrong`,
      ]);
    }
    for (const key of ["key_file", "passwordHash"]) {
      const finding: Finding = {
        ...at(1, 1, 2),
        rule: "ignition",
        path: ["storage", "luks", 0, key],
      };
      assert.equal(lines(finding, "hunter2").length, 1);
    }
  });

  it("aligns the hint under numbers of any length", () => {
    assert.deepEqual(lines(at(10, 1, 2, "x"), `${"\n".repeat(9)}ab`).slice(1), [
      "  10 | ab",
      "     | ^",
      "     = x",
    ]);
  });

  it("counts bytes before and columns under characters of several bytes", () => {
    // "ä" is 2 bytes and 1 column, "中" 3 bytes and 2 columns, an accent by itself 2 bytes and none.
    assert.deepEqual(lines(at(1, 3, 5), "ääb").slice(1), ["  1 | ääb", "    |  ^"]);
    assert.deepEqual(lines(at(1, 4, 7), "中中b").slice(1), ["  1 | 中中b", "    |   ^^"]);
    assert.deepEqual(lines(at(1, 4, 5), "e\u0301b").slice(1), ["  1 | e\u0301b", "    |  ^"]);
    assert.deepEqual(lines(at(1, 5, 6), "𝄞b").slice(1), ["  1 | 𝄞b", "    |  ^"]);
    assert.deepEqual(lines(at(1, 5, 6), "🚀b").slice(1), ["  1 | 🚀b", "    |   ^"]);
  });

  it("expands tabs to the next stop", () => {
    assert.deepEqual(lines(at(1, 2, 3), "\tb").slice(1), ["  1 |         b", "    |         ^"]);
    assert.deepEqual(lines(at(1, 4, 5), "ab\tc").slice(1), ["  1 | ab      c", "    |         ^"]);
    assert.deepEqual(lines(at(1, 1, 2), "\tb").slice(1), ["  1 |         b", "    | ^^^^^^^^"]);
  });

  it("shows no character that would act on the terminal", () => {
    assert.deepEqual(lines(at(1, 5, 6), "\u001b[2Jb\u202ec").slice(1), [
      "  1 | \ufffd[2Jb\ufffdc",
      "    |     ^",
    ]);
    const [head] = lines({ ...at(1, 1, 2), message: "fine" }, "\r\n");
    assert.equal(head, "a.yaml:1:1: error[path]: fine");
  });

  it("marks a span of several lines to the end of its first", () => {
    const finding = at(1, 4, 1);
    const over = {
      ...finding,
      range: finding.range && { ...finding.range, end: { line: 3, column: 2, offset: 0 } },
    };
    assert.deepEqual(lines(over as Finding, "a: [1,\n2,\n]").slice(1), [
      "  1 | a: [1,",
      "    |    ^^^",
    ]);
  });

  it("marks one column where there is nothing, at the end of a line or of the text", () => {
    assert.deepEqual(lines(at(1, 3, 3), "a:").slice(1), ["  1 | a:", "    |   ^"]);
    assert.deepEqual(lines(at(2, 1, 1), "a:\n").slice(1), ["  2 |", "    | ^"]);
    assert.deepEqual(lines(at(9, 9, 9), "a").slice(1), ["  9 |", "    | ^"]);
  });

  it("cuts a long line to the part around the place", () => {
    const long = `${"x".repeat(500)}HERE${"y".repeat(500)}`;
    const [, line = "", carets = ""] = lines(at(1, 501, 505), long);
    assert.ok(line.length < 120 && line.startsWith("  1 | …x") && line.endsWith("y…"));
    assert.equal(line.indexOf("HERE"), carets.indexOf("^^^^"));
    const [, huge = "", under = ""] = lines(at(1, 1, 1_000_001), "z".repeat(1_000_000));
    assert.ok(huge.length < 120 && under.length <= huge.length);
  });
});
