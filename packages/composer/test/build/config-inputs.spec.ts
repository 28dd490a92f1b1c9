import assert from "node:assert/strict";
import type { Config, File, Range } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { configInputs } from "../../src/build/config-inputs.ts";

const at = (line: number): Range => ({
  file: "a.yaml",
  start: { line, column: 1, offset: 0 },
  end: { line, column: 2, offset: 1 },
});

const aConfig = (files: readonly File[]): Config => ({
  kernelArguments: { shouldExist: [], shouldNotExist: [] },
  storage: { directories: [], files, links: [] },
  systemd: { units: [] },
  passwd: { users: [], groups: [] },
});

const motd = (text: string, line = 1): File => ({
  path: "/etc/motd",
  append: [],
  contents: { kind: "inline", text, origin: at(line) },
  origin: at(line),
});

describe("the inputs of a config", () => {
  it("are named, so that a change can be", async () => {
    assert.deepEqual(Object.keys(await configInputs(aConfig([motd("a")]))), ["file /etc/motd"]);
  });

  it("change with what an item says", async () => {
    const [a, b] = [
      await configInputs(aConfig([motd("a")])),
      await configInputs(aConfig([motd("b")])),
    ];
    assert.notEqual(a["file /etc/motd"], b["file /etc/motd"]);
  });

  it("do not change with where it was written", async () => {
    assert.deepEqual(
      await configInputs(aConfig([motd("a", 1)])),
      await configInputs(aConfig([motd("a", 99)])),
    );
  });

  it("count the bytes of a local file and not its place", async () => {
    const local = (path: string): File => ({
      path: "/etc/motd",
      append: [],
      contents: { kind: "local", path, origin: at(1) },
      origin: at(1),
    });
    const here = await configInputs(aConfig([local(import.meta.filename)]));
    assert.deepEqual(Object.keys(here), ["file /etc/motd", "contents /etc/motd"]);
    const there = await configInputs(
      aConfig([local(import.meta.filename.replace("/build/", "/build/../build/"))]),
    );
    assert.deepEqual(here, there);
  });
});
