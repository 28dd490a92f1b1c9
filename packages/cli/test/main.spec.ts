import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { after, before, describe, it } from "mocha";
import { VERSION } from "../src/version.ts";

const MAIN = path.join(import.meta.dirname, "../src/main.ts");
const NODE_ARGS = ["--conditions=@slipway/source", MAIN];

describe("the slipway program", () => {
  let home = "";
  before(() => {
    home = mkdtempSync(path.join(tmpdir(), "slipway-cli-"));
    writeFileSync(
      path.join(home, "bad.yaml"),
      "variant: slipway\nversion: 1.0.0\nimage:\n  name: base\n  version: '1'\n  pakages: [x]\n",
    );
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  const environment = () => ({ PATH: process.env["PATH"] ?? "", HOME: home, LANG: "C.UTF-8" });
  const slipway = (...args: readonly string[]) =>
    spawnSync(process.execPath, [...NODE_ARGS, ...args], {
      cwd: home,
      encoding: "utf8",
      env: environment(),
      timeout: 8000,
    });

  it("prints its help and its version, which is the package's", () => {
    const help = slipway("--help");
    assert.deepEqual([help.status, help.stderr], [0, ""]);
    assert.match(help.stdout, /^Commands:/m);
    const manifest = JSON.parse(
      readFileSync(path.join(import.meta.dirname, "../package.json"), "utf8"),
    ) as { version: string };
    assert.equal(VERSION, manifest.version);
    assert.equal(slipway("--version").stdout, `slipway ${manifest.version}\n`);
  });

  it("shows help without loading the composer or the language", () => {
    // Only what is loaded is compiled, and so kept: the compile cache would grow by hundreds of files.
    const { stderr } = spawnSync(process.execPath, [...NODE_ARGS, "build", "--help"], {
      encoding: "utf8",
      env: { ...environment(), NODE_DEBUG: "esm" },
      maxBuffer: 64 * 1024 * 1024,
    });
    assert.match(stderr, /packages\/cli\/src\/slipway\.ts/);
    assert.doesNotMatch(stderr, /packages\/(composer|ignition-config)\/src/);
  });

  it("refuses an unknown command with status 2", () => {
    const { status, stdout, stderr } = slipway("biuld");
    assert.deepEqual([status, stdout], [2, ""]);
    assert.match(stderr, /did you mean `slipway build`/);
  });

  it("refuses a missing file with status 3", () => {
    const { status, stderr } = slipway("validate", "none.yaml");
    assert.equal(status, 3);
    assert.match(stderr, /none\.yaml: 1 error/);
  });

  it("shows a wrong definition's line, with status 3", () => {
    for (const command of ["build", "lock"]) {
      const { status, stdout, stderr } = slipway(command, "bad.yaml");
      assert.deepEqual([status, stdout], [3, ""]);
      assert.match(
        stderr,
        /^bad\.yaml:6:3: error\[unknown-key\]: .*\n {2}6 \| {3}pakages: \[x\]\n {4}\| {3}\^{7}\n/m,
      );
    }
    const { status, stdout } = slipway("validate", "bad.yaml");
    assert.equal(status, 3);
    assert.match(stdout, /\^{7}/);
  });

  it("is quiet when its reader has seen enough", () => {
    const { status, stderr } = spawnSync(
      "sh",
      ["-c", '"$@" schema | true', "sh", process.execPath, ...NODE_ARGS],
      { encoding: "utf8", env: environment() },
    );
    assert.deepEqual([status, stderr], [0, ""]);
  });

  it("fails when its data cannot be written", () => {
    const { status, stderr } = spawnSync(process.execPath, [...NODE_ARGS, "schema"], {
      encoding: "utf8",
      env: environment(),
      stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
    });
    assert.equal(status, 1);
    assert.match(stderr, /^error \[OUTPUT_FAILED\].*\n -> no space left on device/);
  });

  it("stops at once at the second interrupt", async () => {
    // A program that listens as main.ts does, and never ends by itself.
    const script = `
      import { listenForStop } from "@slipway/host";
      const signal = listenForStop();
      signal.addEventListener("abort", () => console.log(signal.reason.message));
      setInterval(() => undefined, 1000);
      console.log("ready");
    `;
    const child = spawn(
      process.execPath,
      ["--conditions=@slipway/source", "--input-type=module", "--eval", script],
      {
        cwd: import.meta.dirname,
        env: environment(),
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (said.endsWith("ready\n")) child.kill("SIGINT");
      if (said.endsWith("SIGINT\n")) child.kill("SIGTERM");
    });
    const endedBy = await new Promise((resolve) =>
      child.once("close", (_, signal) => resolve(signal)),
    );
    assert.equal(said, "ready\nstopped by SIGINT\n");
    assert.equal(endedBy, "SIGTERM");
  });
});
