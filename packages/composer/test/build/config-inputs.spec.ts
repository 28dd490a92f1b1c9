import assert from "node:assert/strict";
import type { Config, File, HttpHeader, Range } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { configInputs } from "../../src/build/config-inputs.ts";
import type { LockedSource } from "../../src/lock/remote-sources.ts";

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

const inputsOf = (config: Config, sources: readonly LockedSource[] = []) =>
  configInputs(config, sources);

describe("the inputs of a config", () => {
  it("are named, so that a change can be", async () => {
    assert.deepEqual(Object.keys(await inputsOf(aConfig([motd("a")]))), ["file /etc/motd"]);
  });

  it("change with what an item says", async () => {
    const [a, b] = [await inputsOf(aConfig([motd("a")])), await inputsOf(aConfig([motd("b")]))];
    assert.notEqual(a["file /etc/motd"], b["file /etc/motd"]);
  });

  it("do not change with where it was written", async () => {
    assert.deepEqual(
      await inputsOf(aConfig([motd("a", 1)])),
      await inputsOf(aConfig([motd("a", 99)])),
    );
  });

  it("count the bytes of a local file and not its place", async () => {
    const local = (path: string): File => ({
      path: "/etc/motd",
      append: [],
      contents: { kind: "local", path, origin: at(1) },
      origin: at(1),
    });
    const here = await inputsOf(aConfig([local(import.meta.filename)]));
    assert.deepEqual(Object.keys(here), ["file /etc/motd", "contents /etc/motd"]);
    const there = await inputsOf(
      aConfig([local(import.meta.filename.replace("/build/", "/build/../build/"))]),
    );
    assert.deepEqual(here, there);
  });

  it("count what a remote source gave, and not where and how it was asked for", async () => {
    const remote = (url: string, headers: readonly HttpHeader[] = []): File => ({
      path: "/etc/motd",
      append: [{ kind: "remote", url, headers, origin: at(1) }],
      origin: at(1),
    });
    const locked = (url: string, sha256: string): LockedSource => ({
      ...{ url, sha256, size: 1 },
      verification: [],
    });
    const [a, b] = ["https://a.example/x", "https://b.example/y"];
    const here = await inputsOf(aConfig([remote(a)]), [locked(a, "11")]);
    assert.equal(here["contents /etc/motd (append 1)"], "11");
    const there = aConfig([remote(b, [{ name: "A", value: "b" }])]);
    assert.deepEqual(await inputsOf(there, [locked(b, "11"), locked(a, "22")]), here);
    assert.notDeepEqual(await inputsOf(aConfig([remote(a)]), [locked(a, "22")]), here);
  });
});
