import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readBundleDescription } from "../../src/agent/bundle-description.ts";

describe("the description of the agent's bundle", () => {
  const good = {
    version: "0.1.0",
    sha256: "ab".repeat(32),
    packages: [{ name: "@tufjs/models", version: "5.0.2", licence: "MIT" }],
  };
  const text = JSON.stringify({ schema: 1, ...good, more: "ignored" });

  it("is its version, its digest and what of npm is in it", () => {
    assert.deepEqual(readBundleDescription(text, "bundle.json"), good);
  });

  it("is refused by the first field that is wrong", () => {
    for (const [from, to, message] of [
      ['"schema":1', '"schema":2', /schema must be 1/],
      ['"0.1.0"', '"a b"', /version must match/],
      ["abab", "xyz", /sha256 must match/],
      ["@tufjs/models", "../x", /name must match/],
      ['"MIT"', "null", /licence must match/],
      ["[", "{", /it must be an object/],
      ['[{"name"', '["', /it must be an object/],
    ] as const) {
      assert.ok(text.includes(from), from);
      assert.throws(() => readBundleDescription(text.replace(from, to), "bundle.json"), {
        code: "TOOL_OUTPUT",
        message,
      });
    }
  });
});
