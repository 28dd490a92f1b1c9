import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readBundleDescription } from "../../src/agent/bundle-description.ts";

describe("the description of the agent's bundle", () => {
  const good = {
    version: "0.1.0",
    files: [
      { name: "LICENSES", sha256: "ab".repeat(32) },
      { name: "agent.mjs", sha256: "cd".repeat(32) },
      { name: "parts/verbs-status.mjs", sha256: "ef".repeat(32) },
    ],
    packages: [{ name: "@tufjs/models", version: "5.0.2", licence: "MIT" }],
  };
  const text = JSON.stringify({ schema: 2, ...good, more: "ignored" });

  it("is its version, the digests of its files and what of npm is in it", () => {
    assert.deepEqual(readBundleDescription(text, "bundle.json"), good);
  });

  it("is refused by the first field that is wrong", () => {
    for (const [from, to, message] of [
      ['"schema":2', '"schema":1', /schema must be 2/],
      ['"0.1.0"', '"a b"', /version must match/],
      ["abab", "xyz", /sha256 must match/],
      ["parts/verbs-status.mjs", "parts/../x.mjs", /name must match/],
      ["parts/verbs-status.mjs", "parts/more/status.mjs", /name must match/],
      ["parts/verbs-status.mjs", "/etc/passwd", /name must match/],
      ["parts/verbs-status.mjs", `parts/${"a".repeat(101)}.mjs`, /name must match/],
      ["parts/verbs-status.mjs", "agent.mjs", /files must stand by name, each once/],
      ["LICENSES", "parts/a.mjs", /files must stand by name, each once/],
      ["agent.mjs", "parts/a.mjs", /files must have agent\.mjs/],
      ['"files":[', '"files":{"0":[', /it must be an object/],
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

  it("lists no more than any bundle has", () => {
    for (const [name, message] of [
      ["files", /files must be a list of at most 500/],
      ["packages", /packages must be a list of at most 200/],
    ] as const) {
      const many = Array.from({ length: 501 }, () => good[name][0]);
      assert.throws(
        () =>
          readBundleDescription(
            JSON.stringify({ schema: 2, ...good, [name]: many }),
            "bundle.json",
          ),
        { code: "TOOL_OUTPUT", message },
      );
    }
  });
});
