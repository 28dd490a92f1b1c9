/** The agent as one file: made anywhere, the same bytes, and it runs with nothing beside it. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { before, describe, it } from "mocha";
import { linuxExec } from "@slipway/host";
import { makeBundle, readBundle } from "@slipway/composer/testing";
import { run, scratchDirectory, succeeded } from "../support/release.ts";

const PACKAGE = path.resolve(import.meta.dirname, "../../packages/agent/package.json");

describe("the agent's bundle", () => {
  const scratch = scratchDirectory("bundle");
  const [one, other] = ["one", "two/and/deeper"].map((name) => path.join(scratch, name));
  const files = ["agent.mjs", "LICENSES", "bundle.json"] as const;
  assert.ok(one !== undefined && other !== undefined);

  before("make it twice", async () => {
    for (const directory of [one, other]) {
      mkdirSync(directory, { recursive: true });
      await makeBundle(linuxExec, directory);
    }
  });

  it("is the same in every directory, and names none of this machine's", () => {
    for (const name of files) {
      const text: string = readFileSync(path.join(one, name), "utf8");
      assert.equal(readFileSync(path.join(other, name), "utf8"), text, name);
      assert.ok(!text.includes(path.dirname(PACKAGE)), name);
    }
  });

  it("is the program of its version, alone in a directory", async () => {
    const { version, program } = await readBundle(one);
    assert.equal(
      version,
      (JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string }).version,
    );
    const alone = path.join(scratch, "alone");
    mkdirSync(alone);
    const copy = path.join(alone, "agent.mjs");
    copyFileSync(program, copy);
    const outcome = succeeded(
      await run([process.execPath, copy, "--version"], { cwd: alone, env: { LC_ALL: "C.UTF-8" } }),
    );
    assert.match(outcome.stdout, new RegExp(`\\b${version.replaceAll(".", "\\.")}$`, "m"));
    assert.equal(outcome.stderr, "");
  });

  it("starts without loading what it never uses of Node", async () => {
    const told = `process.once("exit", () => console.error(process.moduleLoadList.filter((name) => name.includes("undici")).join()));`;
    const { stderr } = succeeded(
      await run([
        process.execPath,
        ...["--import", `data:text/javascript,${encodeURIComponent(told)}`],
        ...[path.join(one, "agent.mjs"), "--version"],
      ]),
    );
    assert.equal(stderr.trim(), "");
  });

  it("has the text of every licence that it names beside it", async () => {
    const { packages, licences } = await readBundle(one);
    const text = readFileSync(licences, "utf8");
    assert.match(text, /^slipway-agent\n\n *Apache License/);
    for (const { name, version, licence } of packages)
      assert.ok(text.includes(`\n${name} ${version} (${licence})\n\n`), name);
  });

  it("is not taken for another once it was changed", async () => {
    copyFileSync(PACKAGE, path.join(other, "agent.mjs"));
    await assert.rejects(readBundle(other), { code: "TOOL_OUTPUT" });
  });
});
