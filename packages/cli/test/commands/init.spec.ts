import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadDefinition } from "@slipway/ignition-config";
import { after, describe, it } from "mocha";
import { nodeDefinitionIo } from "../../src/definition/node-io.ts";
import { createFiles } from "../../src/linux/create-files.ts";
import { runInMemory } from "../support/a-world.ts";

const IMAGES = path.resolve(import.meta.dirname, "../../../../images");

const scratch = mkdtempSync(path.join(tmpdir(), "slipway-init-"));
after(() => rmSync(scratch, { recursive: true }));

const init = (...args: readonly string[]) => runInMemory(["init", ...args], { createFiles });

const definitionIn = async (file: string) => {
  const { report, definition } = await loadDefinition(file, nodeDefinitionIo);
  assert.deepEqual(report.findings, []);
  assert.ok(definition);
  return definition;
};

describe("slipway init", () => {
  it("writes a project that is valid, of the packages of our own base image", async () => {
    const directory = path.join(scratch, "Edge_Node");
    const { status, stdout, stderr } = await init(directory);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /image\.yaml\n.*slipway build .*image\.yaml {2}# next\n$/s);
    const ours = await definitionIn(path.join(directory, "image.yaml"));
    const base = await definitionIn(path.join(IMAGES, "base.yaml"));
    assert.equal(ours.image.name, "edge-node");
    assert.deepEqual(ours.image.packages, base.image.packages);
    assert.deepEqual(
      ours.config.systemd.units.map(({ name, enabled }) => [name, enabled]),
      base.config.systemd.units.map(({ name, enabled }) => [name, enabled]),
    );
  });

  it("gives editors a schema, and the script of the project its right to run", async () => {
    const directory = path.join(scratch, "files");
    const { stdout } = await init(directory, "--json");
    const { files } = JSON.parse(stdout) as { readonly files: readonly string[] };
    assert.deepEqual(
      files.map((file) => file.split("/")[0]).toSorted(),
      readdirSync(directory).toSorted(),
    );
    for (const name of ["image.yaml", "base.yaml"]) {
      const [header = ""] = readFileSync(path.join(directory, name), "utf8").split("\n");
      const schema = /^# yaml-language-server: \$schema=(.+)$/.exec(header)?.[1] ?? "";
      assert.match(readFileSync(path.join(directory, schema), "utf8"), /"\$id": "urn:slipway/);
    }
    assert.notEqual(statSync(path.join(directory, ".ci/run")).mode & 0o100, 0);
  });

  it("overwrites nothing, and then writes nothing at all", async () => {
    const directory = path.join(scratch, "mine");
    await init(directory);
    for (const name of readdirSync(directory)) {
      if (name !== "README.md") rmSync(path.join(directory, name), { recursive: true });
    }
    writeFileSync(path.join(directory, "README.md"), "mine");
    const { status, stdout, stderr } = await init(directory);
    assert.deepEqual([status, stdout], [1, ""]);
    assert.match(
      stderr,
      /error \[EXISTS\]: .* has README\.md already; nothing was written\nhint: /,
    );
    assert.deepEqual(readdirSync(directory), ["README.md"]);
    assert.equal(readFileSync(path.join(directory, "README.md"), "utf8"), "mine");
  });
});
