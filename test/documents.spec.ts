import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";

const read = (path: string): string => readFileSync(join(import.meta.dirname, "..", path), "utf8");

describe("what CI runs", () => {
  it("is the test command that the README gives to everybody", () => {
    const command = read(".ci/run").trimEnd().split("\n").at(-1) ?? "";
    assert.match(command, /^\.\/slipway test/);
    const inReadme = [...read("README.md").matchAll(/^(\.\/slipway test\b[^#\n]*?)\s*(?:#.*)?$/gm)];
    assert.deepEqual(
      inReadme.map(([, given]) => given),
      [command],
    );
  });
});
