/** The agent as a directory of files: made anywhere, the same bytes, and it runs with nothing else beside it. */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { before, beforeEach, describe, it } from "mocha";
import { linuxExec } from "@slipway/host";
import { makeBundle, readBundle } from "@slipway/composer/testing";
import { run, scratchDirectory, succeeded } from "../support/release.ts";

const PACKAGE = path.resolve(import.meta.dirname, "../../packages/agent/package.json");

/** Before a program begins: has it end with what of Node it has loaded, and which files. */
const TELLING = `data:text/javascript,${encodeURIComponent(`
import { registerHooks } from "node:module";
const files = [];
registerHooks({ load: (url, context, next) => (url.startsWith("file:") && files.push(url), next(url, context)) });
process.once("exit", () => console.error(JSON.stringify({ files, own: process.moduleLoadList })));
`)}`;

describe("the agent's bundle", () => {
  const scratch = scratchDirectory("bundle");
  const [one, other] = ["one", "two/and/deeper"].map((name) => path.join(scratch, name));
  assert.ok(one !== undefined && other !== undefined);

  before("make it twice", async () => {
    for (const directory of [one, other]) {
      mkdirSync(directory, { recursive: true });
      await makeBundle(linuxExec, directory);
    }
  });

  const filesOf = (directory: string): readonly string[] =>
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
      .toSorted();

  /** What it says, and what it has loaded. */
  const start = async (
    directory: string,
    ...words: readonly string[]
  ): Promise<{
    readonly stdout: string;
    readonly files: readonly string[];
    readonly own: readonly string[];
  }> => {
    const { stdout, stderr } = succeeded(
      await run([
        process.execPath,
        ...["--import", TELLING, path.join(directory, "agent.mjs")],
        ...words,
      ]),
    );
    const told = JSON.parse(stderr) as { files: readonly string[]; own: readonly string[] };
    return { stdout, ...told };
  };

  it("is the same in every directory, and names none of this machine's", () => {
    const names = filesOf(one);
    assert.deepEqual(filesOf(other), names);
    for (const name of names) {
      const text: string = readFileSync(path.join(one, name), "utf8");
      assert.equal(readFileSync(path.join(other, name), "utf8"), text, name);
      assert.ok(!text.includes(path.dirname(PACKAGE)), name);
    }
  });

  it("is the program of its version, alone in a directory and started from any", async () => {
    const { version, directory, program } = await readBundle(one);
    assert.equal(
      version,
      (JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string }).version,
    );
    const alone = path.join(scratch, "alone");
    for (const name of program) cpSync(path.join(directory, name), path.join(alone, name));
    const outcome = succeeded(
      await run([process.execPath, path.join(alone, "agent.mjs"), "--version"], {
        cwd: "/",
        env: { LC_ALL: "C.UTF-8" },
      }),
    );
    assert.match(outcome.stdout, new RegExp(`\\b${version.replaceAll(".", "\\.")}$`, "m"));
    assert.equal(outcome.stderr, "");
  });

  it("has parts that can be loaded, each of them", async () => {
    const { program } = await readBundle(one);
    const load = program
      .filter((name) => name !== "agent.mjs")
      .map((name) => `await import(${JSON.stringify(path.join(one, name))});`);
    assert.ok(load.length > 20);
    succeeded(await run([process.execPath, "--input-type=module", "--eval", load.join("\n")]));
  });

  it("starts with little of itself, and of Node with nothing that it never uses", async () => {
    const { files, own } = await start(one, "--version");
    const bytes = files.reduce((sum, url) => sum + readFileSync(new URL(url)).length, 0);
    assert.ok(files.length <= 4 && bytes < 50_000, `${files.length} files, ${bytes} bytes`);
    for (const unused of ["undici", "worker_threads", "internal/crypto", "readline"])
      assert.deepEqual(
        own.filter((name) => name.includes(unused)),
        [],
      );
  });

  it("loads with a verb what that verb needs", async () => {
    const { files } = await start(one, "internal", "carry-etc", "--help");
    const names = files.map((url) => path.basename(url));
    assert.ok(names.includes("verbs-carry-etc.mjs"), names.join(" "));
    assert.ok(!names.some((name) => name.includes("npm")), names.join(" "));
  });

  it("is no agent any more with half of its program", async () => {
    const half = path.join(scratch, "half");
    cpSync(one, half, { recursive: true });
    const text = readFileSync(path.join(half, "agent.mjs"), "utf8");
    writeFileSync(path.join(half, "agent.mjs"), text.slice(0, text.length / 2));
    const { stdout } = await run([process.execPath, path.join(half, "agent.mjs"), "--version"]);
    assert.equal(stdout, "");
  });

  it("has the text of every licence that it names beside it", async () => {
    const { packages, licences } = await readBundle(one);
    const text = readFileSync(licences, "utf8");
    assert.match(text, /^slipway-agent\n\n *Apache License/);
    for (const { name, version, licence } of packages)
      assert.ok(text.includes(`\n${name} ${version} (${licence})\n\n`), name);
  });

  describe("once it was changed", () => {
    const changed = path.join(scratch, "changed");

    beforeEach(() => {
      rmSync(changed, { recursive: true, force: true });
      cpSync(one, changed, { recursive: true });
    });

    const isRefused = (): Promise<void> =>
      assert.rejects(readBundle(changed), { code: "TOOL_OUTPUT" });

    it("is not taken for another", async () => {
      for (const name of ["agent.mjs", "LICENSES", "parts/verbs-status.mjs"]) {
        const text = readFileSync(path.join(one, name), "utf8");
        writeFileSync(path.join(changed, name), `${text}\n`);
        await isRefused();
        writeFileSync(path.join(changed, name), text);
      }
      assert.equal((await readBundle(changed)).digest, (await readBundle(one)).digest);
    });

    it("lacks nothing, and has nothing more", async () => {
      writeFileSync(path.join(changed, "parts/more.mjs"), "");
      await isRefused();
      rmSync(path.join(changed, "parts/more.mjs"));
      rmSync(path.join(changed, "parts/verbs-status.mjs"));
      await isRefused();
    });
  });
});
