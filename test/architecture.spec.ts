import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "mocha";
import { disagreements } from "./architecture/agreement.ts";
import { readSource } from "./architecture/imports.ts";
import { PLAN } from "./architecture/plan.ts";
import { packageNames, readJson, readReferences, readTree } from "./architecture/read-tree.ts";
import { breaches } from "./architecture/walls.ts";
import type { Tree } from "./architecture/walls.ts";

const ROOT = join(import.meta.dirname, "..");

describe("architecture", () => {
  const tree = readTree(ROOT);

  it("keeps every import inside the walls", () => {
    assert.deepEqual(breaches(tree), []);
  });

  it("declares in package.json and tsconfig.json exactly what is imported", () => {
    assert.deepEqual(disagreements(tree, readReferences(ROOT)), []);
  });

  it("knows every package, and npm knows it too", () => {
    const names = packageNames(ROOT);
    assert.deepEqual(
      names.filter((name) => PLAN[name] === undefined),
      [],
    );
    const { workspaces } = readJson(join(ROOT, "package.json"));
    assert.deepEqual(
      (workspaces as string[]).toSorted(),
      names.map((name) => `packages/${name}`),
    );
    for (const name of names) {
      const manifest = readJson(join(ROOT, "packages", name, "package.json"));
      assert.deepEqual(
        [manifest["name"], manifest["type"], manifest["license"]],
        [`@slipway/${name}`, "module", "Apache-2.0"],
      );
    }
  });

  it("read something: a checker that sees no file finds no fault", () => {
    assert.ok(tree.files.size > 10 && tree.packages.size >= 4);
    assert.ok([...tree.files.values()].some(({ imports }) => imports.length > 0));
  });
});

describe("the checker of the architecture", () => {
  const manifest = (dependencies: readonly string[], entryPoints = ["."]) => ({
    dependencies,
    devDependencies: [],
    entryPoints,
  });
  const treeOf = (files: Record<string, string>): Tree => ({
    files: new Map(Object.entries(files).map(([path, text]) => [path, readSource(path, text)])),
    packages: new Map([
      ["ignition-config", manifest(["js-yaml"])],
      ["host", manifest([], [".", "./testing"])],
      ["composer", manifest(["@slipway/host", "@slipway/ignition-config"])],
      ["agent", manifest(["@slipway/host"])],
      ["cli", manifest(["@slipway/composer"])],
    ]),
    rootDevDependencies: ["mocha"],
  });
  const finds = (path: string, text: string, others: Record<string, string> = {}) =>
    breaches(treeOf({ ...others, [path]: text }));

  const ALLOWED: readonly (readonly [string, string, string, Record<string, string>?])[] = [
    ["a package of its row", "packages/composer/src/a.ts", 'import { a } from "@slipway/host";'],
    [
      "an entry point for tests",
      "packages/composer/test/a.spec.ts",
      'import { a } from "@slipway/host/testing";',
    ],
    [
      "its own package in a test",
      "packages/host/test/a.spec.ts",
      'import { a } from "@slipway/host";',
    ],
    [
      "its own inside in a test",
      "packages/host/test/a.spec.ts",
      'import { a } from "../src/a.ts";',
    ],
    [
      "the common test support",
      "packages/host/test/a.spec.ts",
      'import { a } from "../../../test/support/a.ts";',
    ],
    [
      "anything public from outside",
      "test/integration/a.spec.ts",
      'import { a } from "@slipway/composer"; import "mocha";',
    ],
    [
      "a declared foreign package",
      "packages/ignition-config/src/a.ts",
      'import { load } from "js-yaml";',
    ],
    [
      "pure node modules in core",
      "packages/composer/src/core/a.ts",
      'import { createHash } from "node:crypto"; import { posix } from "node:path";',
    ],
    [
      "port types in core",
      "packages/composer/src/core/a.ts",
      'import type { Files } from "@slipway/host"; type S = import("node:fs").Stats;',
    ],
    [
      "a pure file outside the core folder, from core",
      "packages/composer/src/core/a.ts",
      'import { e } from "../errors.ts";',
      { "packages/composer/src/errors.ts": 'import { inspect } from "node:util";' },
    ],
    [
      "a given time",
      "packages/composer/src/core/a.ts",
      "export const a = (now: number) => new Date(now);",
    ],
    [
      "the clock in its adapter",
      "packages/host/src/linux/clock.ts",
      "export const a = () => new Date();",
    ],
    [
      "the command line importing a step",
      "packages/composer/src/main.ts",
      'import { a } from "./steps/a.ts";',
    ],
  ];
  for (const [what, path, text, others] of ALLOWED) {
    it(`lets pass: ${what}`, () => assert.deepEqual(finds(path, text, others), []));
  }

  const REFUSED: readonly (readonly [string, string, string, RegExp, Record<string, string>?])[] = [
    [
      "a package outside its row",
      "packages/composer/src/a.ts",
      'import { a } from "@slipway/agent";',
      /may not import @slipway\/agent/,
    ],
    [
      "the same in a test",
      "packages/composer/test/a.spec.ts",
      'import { a } from "@slipway/agent";',
      /may not import/,
    ],
    [
      "a type from outside its row",
      "packages/host/src/a.ts",
      'import type { A } from "@slipway/composer";',
      /may not import/,
    ],
    [
      "export from",
      "packages/host/src/a.ts",
      'export * from "@slipway/composer";',
      /may not import/,
    ],
    ["import()", "packages/host/src/a.ts", 'await import("@slipway/composer");', /may not import/],
    [
      "import type in place",
      "packages/host/src/a.ts",
      'type A = import("@slipway/composer").A;',
      /may not import/,
    ],
    [
      "a computed import",
      "packages/host/src/a.ts",
      "await import(name);",
      /computes what it imports/,
    ],
    [
      "a deep import",
      "packages/composer/src/a.ts",
      'import { a } from "@slipway/host/src/exec.ts";',
      /no entry point/,
    ],
    [
      "a deep import from outside",
      "test/a.spec.ts",
      'import { a } from "@slipway/host/src/exec.ts";',
      /no entry point/,
    ],
    [
      "a relative way into a package",
      "test/a.spec.ts",
      'import { a } from "../packages/host/src/exec.ts";',
      /by name/,
    ],
    [
      "a relative way into another package",
      "packages/composer/src/a.ts",
      'import { a } from "../../host/src/exec.ts";',
      /out of its package/,
    ],
    [
      "a test's way into another package",
      "packages/composer/test/a.ts",
      'import { a } from "../../host/src/exec.ts";',
      /out of its package/,
    ],
    [
      "tests from production code",
      "packages/composer/src/a.ts",
      'import { a } from "../test/a.ts";',
      /out of its package/,
    ],
    [
      "fakes in production code",
      "packages/composer/src/a.ts",
      'import { a } from "@slipway/host/testing";',
      /fakes/,
    ],
    [
      "a package that does not exist",
      "packages/composer/src/a.ts",
      'import { a } from "@slipway/nothing";',
      /does not exist/,
    ],
    [
      "itself by name",
      "packages/host/src/a.ts",
      'import { a } from "@slipway/host";',
      /its own package/,
    ],
    [
      "an undeclared package of ours",
      "packages/cli/src/a.ts",
      'import { a } from "@slipway/host";',
      /does not declare/,
    ],
    [
      "an undeclared foreign package",
      "packages/composer/src/a.ts",
      'import { load } from "js-yaml";',
      /does not declare/,
    ],
    [
      "a test library in production code",
      "packages/composer/src/a.ts",
      'import { it } from "mocha";',
      /does not declare/,
    ],
    [
      "files in core",
      "packages/composer/src/core/a.ts",
      'import { readFileSync } from "node:fs";',
      /core imports node:fs/,
    ],
    [
      "programs in core, imported for their effect alone",
      "packages/composer/src/core/a.ts",
      'import "node:child_process";',
      /core imports node:child_process/,
    ],
    [
      "files in a pure package",
      "packages/ignition-config/src/a.ts",
      'import { readFileSync } from "node:fs";',
      /core imports node:fs/,
    ],
    [
      "luck in core",
      "packages/composer/src/core/a.ts",
      'import { createHash, randomBytes } from "node:crypto";',
      /core imports randomBytes/,
    ],
    [
      "all of crypto in core",
      "packages/composer/src/core/a.ts",
      'import * as crypto from "node:crypto";',
      /core imports \*/,
    ],
    [
      "ports in core",
      "packages/composer/src/core/a.ts",
      'import { exec } from "@slipway/host";',
      /other than its types/,
    ],
    [
      "the shell in core",
      "packages/composer/src/core/a.ts",
      'import { a } from "../steps/a.ts";',
      /of the shell/,
      { "packages/composer/src/steps/a.ts": "" },
    ],
    [
      "effects through a chain of other files",
      "packages/composer/src/core/a.ts",
      'import { a } from "../b.ts";',
      /core imports packages\/composer\/src\/b.ts of the shell/,
      {
        "packages/composer/src/b.ts": 'import "./c.ts";',
        "packages/composer/src/c.ts": 'import "node:net";',
      },
    ],
    [
      "the command line from a step",
      "packages/composer/src/steps/a.ts",
      'import { a } from "../main.ts";',
      /outermost ring/,
      { "packages/composer/src/main.ts": "" },
    ],
    ["the clock", "packages/composer/src/steps/a.ts", "export const a = new Date();", /clock/],
    ["the clock as text", "packages/composer/src/a.ts", "export const a = Date();", /clock/],
    [
      "code among the images",
      "images/a.ts",
      'import { a } from "node:fs";',
      /no code belongs here/,
    ],
  ];
  for (const [what, path, text, message, others] of REFUSED) {
    it(`refuses: ${what}`, () => {
      const found = finds(path, text, others);
      assert.equal(found.length, 1, `found ${JSON.stringify(found)}`);
      assert.match(found[0] ?? "", message);
      assert.ok(found[0]?.startsWith(`${path}:1: `));
    });
  }

  it("names the line", () => {
    assert.match(finds("packages/composer/src/a.ts", '\n\nimport "mocha";')[0] ?? "", /^[^:]+:3: /);
  });

  it("does not guess about a file that it cannot parse", () => {
    assert.throws(() => readSource("a.ts", "import {"), /cannot parse a\.ts/);
  });

  it("holds package.json and tsconfig.json against the imports", () => {
    const tree: Tree = {
      files: new Map([
        ["packages/cli/src/a.ts", readSource("a.ts", 'import "@slipway/host";')],
        ["packages/cli/test/a.ts", readSource("a.ts", 'import "@slipway/release";')],
      ]),
      packages: new Map([["cli", manifest(["@slipway/host", "yargs"])]]),
      rootDevDependencies: [],
    };
    assert.deepEqual(
      disagreements(
        tree,
        new Map([
          ["packages/cli", ["packages/fleet"]],
          [".", ["packages/cli"]],
        ]),
      ),
      [
        "packages/cli/package.json: declares yargs, which src does not import; remove it",
        "packages/cli/tsconfig.json: src imports packages/host; add it to the references",
        "packages/cli/tsconfig.json: references packages/fleet, which src does not import; remove it",
        "packages/cli/test/tsconfig.json: the tests use packages/cli; add it to the references",
        "packages/cli/test/tsconfig.json: the tests use packages/release; add it to the references",
        "tsconfig.json: leaves out packages/cli/test; add it to the references",
      ],
    );
    const agreed = new Map([
      ["packages/cli", ["packages/host"]],
      ["packages/cli/test", ["packages/cli", "packages/release"]],
      [".", ["packages/cli", "packages/cli/test"]],
    ]);
    assert.deepEqual(
      disagreements({ ...tree, packages: new Map([["cli", manifest(["@slipway/host"])]]) }, agreed),
      [],
    );
  });
});
