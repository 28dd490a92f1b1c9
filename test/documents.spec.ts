import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadDefinition } from "@slipway/ignition-config";
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

describe("the README's definition", () => {
  it("is valid as it stands, beside our own base image", async () => {
    const [, yaml = ""] = /```yaml\n([\s\S]*?)```/.exec(read("README.md")) ?? [];
    const { report, definition } = await loadDefinition("images/edge.yaml", {
      read: async (file) => ({
        ok: true,
        bytes: Buffer.from(file === "images/edge.yaml" ? yaml : read(file)),
      }),
      kind: async () => "missing",
    });
    assert.deepEqual(report.findings, []);
    assert.equal(definition?.image.name, "edge");
    assert.ok(definition.image.packages.includes("systemd-sysv"));
  });
});
