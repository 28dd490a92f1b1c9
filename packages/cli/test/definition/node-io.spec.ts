import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { nodeDefinitionIo, reasonOf } from "../../src/definition/node-io.ts";

describe("reading definitions from files", () => {
  let directory = "";
  const at = (name: string): string => path.join(directory, name);
  before(() => {
    directory = mkdtempSync(path.join(tmpdir(), "slipway-io-"));
    writeFileSync(at("five"), "12345");
    writeFileSync(at("empty"), "");
    mkdirSync(at("folder"));
    symlinkSync("five", at("link"));
    symlinkSync("loop", at("loop"));
    execFileSync("mkfifo", [at("fifo")]);
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const reason = async (name: string, limit = 100) => {
    const result = await nodeDefinitionIo.read(at(name), limit);
    return result.ok ? Buffer.from(result.bytes).toString() : result.reason;
  };

  it("gives the bytes, links followed", async () => {
    assert.equal(await reason("five"), "12345");
    assert.equal(await reason("link"), "12345");
    assert.equal(await reason("empty"), "");
  });

  it("reads up to the limit and not a byte more", async () => {
    assert.equal(await reason("five", 5), "12345");
    assert.equal(await reason("five", 4), "too-large");
  });

  it("believes no size: files of /proc say 0 and files of /sys say 4096", async () => {
    const result = await nodeDefinitionIo.read("/proc/self/status", 1_000_000);
    assert.ok(result.ok && result.bytes.length > 100);
    const small = await nodeDefinitionIo.read("/proc/self/status", 10);
    assert.ok(!small.ok && small.reason === "too-large");
  });

  it("says why there are none, and never waits for anybody to write", async () => {
    assert.equal(await reason("none"), "missing");
    assert.equal(await reason("five/below"), "missing");
    assert.equal(await reason("folder"), "directory");
    assert.equal(await reason("fifo"), "failed");
    assert.equal(await reason("loop"), "failed");
    assert.equal(await reason("x".repeat(300)), "failed");
    assert.equal(await reason("nul\0"), "failed");
    const device = await nodeDefinitionIo.read("/dev/zero", 100);
    assert.ok(!device.ok && device.reason === "failed");
  });

  it("tells kinds apart", async () => {
    const kinds = await Promise.all(
      ["five", "link", "folder", "fifo", "none", "five/below", "loop", "x".repeat(300)].map(
        (name) => nodeDefinitionIo.kind(at(name)),
      ),
    );
    assert.deepEqual(kinds, [
      "file",
      "file",
      "directory",
      "other",
      "missing",
      "missing",
      "missing",
      "missing",
    ]);
  });

  it("tells what it may not read", () => {
    const failure = (code: string) => reasonOf(Object.assign(new Error(code), { code }));
    assert.deepEqual(["EACCES", "EPERM", "EIO"].map(failure), ["denied", "denied", undefined]);
    assert.equal(reasonOf("EACCES"), undefined);
  });
});
