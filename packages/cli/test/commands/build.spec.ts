import assert from "node:assert/strict";
import {
  type BuildOptions,
  ComposerError,
  type ComposerErrorCode,
  TreeRefused,
} from "@slipway/composer";
import { describe, it } from "mocha";
import { aPlan, aRelease } from "../support/a-release.ts";
import { BAD, GOOD, runInMemory, type Setting } from "../support/a-world.ts";

describe("slipway build", () => {
  const building = (seen: BuildOptions[] = []): Setting["composer"] & object => ({
    buildReleases: async (options) => {
      seen.push(options);
      return options.architectures.map((arch) => aRelease({ arch }));
    },
  });

  it("builds what the arguments say", async () => {
    const seen: BuildOptions[] = [];
    const args = [
      "good.yaml",
      "--arch",
      "aarch64",
      "--version",
      "7",
      "--out",
      "o",
      "--locked",
      "--no-cache",
    ];
    const { status, stderr } = await runInMemory(["build", ...args], { composer: building(seen) });
    assert.deepEqual([status, stderr], [0, ""]);
    const [options] = seen;
    assert.ok(options !== undefined);
    const { definitionFile, definition, architectures, out, cache, locked, noCache } = options;
    assert.deepEqual(
      {
        definitionFile,
        version: definition.image.version,
        architectures,
        out,
        cache,
        locked,
        noCache,
      },
      {
        definitionFile: "/project/good.yaml",
        version: "7",
        architectures: ["aarch64"],
        out: "/project/o",
        cache: "/home/me/.cache/slipway",
        locked: true,
        noCache: true,
      },
    );
    assert.ok(options.progress.signal !== undefined);
  });

  it("prints a summary, or one document and nothing else", async () => {
    const composer = building();
    const human = await runInMemory(["build", "good.yaml"], { composer });
    assert.match(human.stdout, /^base 1 for x86_64\n(.*\n)+\nbase 1 for aarch64\n/);
    const one = await runInMemory(["build", "good.yaml", "--arch", "x86_64", "--json"], {
      composer,
    });
    assert.deepEqual(Object.keys(JSON.parse(one.stdout) as object), [
      ...["image", "version", "arch", "directory", "roothash", "artifacts", "timings"],
    ]);
    const two = await runInMemory(["build", "good.yaml", "--json"], { composer });
    assert.equal((JSON.parse(two.stdout) as unknown[]).length, 2);
  });

  it("explains on the screen where standard output is a document", async () => {
    const composer = building();
    const args = ["build", "good.yaml", "--arch", "x86_64", "--explain"];
    const human = await runInMemory(args, { composer });
    assert.match(human.stdout, /tree {4}made, because of package openssl/);
    const json = await runInMemory([...args, "--json"], { composer });
    assert.match(json.stderr, /^x86_64:\n(.*\n)* {2}tree {4}made, because of package openssl/);
    assert.doesNotMatch(json.stdout, /because/);
  });

  it("only looks when told to", async () => {
    const composer = { planBuild: async () => [aPlan()] };
    const args = ["build", "good.yaml", "--dry-run"];
    assert.match((await runInMemory(args, { composer })).stdout, /: nothing was written\n/);
    const { stdout } = await runInMemory([...args, "--json"], { composer });
    assert.equal((JSON.parse(stdout) as { steps: unknown[] }).steps.length, 3);
  });

  it("shows all that is wrong with a definition, and asks nothing of the composer", async () => {
    const { status, stdout, stderr } = await runInMemory(["build", "bad.yaml"], {
      texts: { "bad.yaml": BAD },
    });
    assert.deepEqual([status, stdout], [3, ""]);
    assert.match(stderr, /^bad\.yaml:8:5: error\[unknown-key\]: .*\n.*pakages: .*\n.*\^{7}\n/m);
    assert.match(stderr, /^error \[INVALID_DEFINITION\]: bad\.yaml cannot be used: 1 error\n/m);
  });

  it("says that there is no such file", async () => {
    const { status, stderr } = await runInMemory(["build", "none.yaml"]);
    assert.equal(status, 3);
    assert.match(stderr, /none\.yaml does not exist/);
  });

  it("refuses a version or an architecture that the definition rules out", async () => {
    assert.equal((await runInMemory(["build", "good.yaml", "--version", "1_0"])).status, 2);
    const texts = { "one.yaml": GOOD.replace("  debian:", "  architectures: [x86_64]\n  debian:") };
    const { status, stderr } = await runInMemory(["build", "one.yaml", "--arch", "aarch64"], {
      texts,
    });
    assert.equal(status, 2);
    assert.match(stderr, /--arch is aarch64, and image base is for x86_64/);
  });

  const FAILURES: readonly (readonly [ComposerErrorCode, number])[] = [
    ["NEEDS_ROOT", 1],
    ["MIRROR_FAILED", 75],
    ["UNKNOWN_PACKAGE", 3],
    ["SLOT_TOO_SMALL", 3],
    ["LOCK_DRIFT", 1],
  ];
  for (const [code, expected] of FAILURES) {
    it(`ends with ${expected} when the composer says ${code}`, async () => {
      const composer = {
        buildReleases: async () => {
          throw new ComposerError(code, "it failed", { hint: "mend it" });
        },
      };
      const { status, stdout, stderr } = await runInMemory(["build", "good.yaml", "--json"], {
        composer,
      });
      assert.deepEqual([status, stdout], [expected, ""]);
      assert.equal(stderr, `error [${code}]: it failed\nhint: mend it\n`);
    });
  }

  it("shows findings about the composed tree with their lines", async () => {
    const refused = new TreeRefused([
      {
        ...({ level: "error", rule: "path", message: "it is in the way", path: [] } as const),
        range: {
          file: "good.yaml",
          start: { line: 4, column: 9, offset: 0 },
          end: { line: 4, column: 13, offset: 4 },
        },
      },
    ]);
    const composer = {
      buildReleases: async () => {
        throw refused;
      },
    };
    const { status, stderr } = await runInMemory(["build", "good.yaml"], { composer });
    assert.equal(status, 3);
    assert.match(
      stderr,
      /^good\.yaml:4:9: error\[path\]: it is in the way\n {2}4 \| {3}name: base\n.*\^{4}\n/,
    );
    assert.match(stderr, /error \[TREE_REFUSED\]: good\.yaml cannot be used: 1 error/);
  });
});
