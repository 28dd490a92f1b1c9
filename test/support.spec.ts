import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { closingLine } from "./support/closing-line.ts";
import { verdictOnTools } from "./support/require-tools.ts";

describe("closing line", () => {
  it("names all three counts, zero or not", () => {
    assert.equal(
      closingLine({ passes: 12, failures: 0, pending: 3 }),
      "12 passed, 0 failed, 3 skipped",
    );
  });
});

describe("requireTools", () => {
  it("runs the suite when every tool is there", () => {
    assert.equal(verdictOnTools(["sh"], { PATH: "/bin:/usr/bin", CI: "true" }), "run");
  });
  it("skips on a laptop and fails in CI when one tool is missing", () => {
    const tools = ["sh", "no-such-tool"];
    assert.equal(verdictOnTools(tools, { PATH: "/bin:/usr/bin" }), "skip");
    assert.equal(verdictOnTools(tools, { PATH: "/bin:/usr/bin", CI: "true" }), "fail");
  });
  it("does not take a directory for a program", () => {
    assert.equal(verdictOnTools(["bin"], { PATH: "/usr" }), "skip");
  });
});
