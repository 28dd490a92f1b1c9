import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { absentOptionals } from "../tools/lockfile.ts";
import type { Lockfile } from "../tools/lockfile.ts";
import { packageNames, readJson } from "./architecture/read-tree.ts";

const ROOT = join(import.meta.dirname, "..");

describe("package-lock.json", () => {
  const lockfile = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as Lockfile;
  const places = (holds: (one: Lockfile["packages"][string]) => boolean): readonly string[] =>
    Object.entries(lockfile.packages).flatMap(([place, one]) => (holds(one) ? [place] : []));

  it("names no registry", () => {
    assert.deepEqual(
      places(({ resolved }) => resolved?.includes("://") === true),
      [],
    );
  });

  /** esbuild's own only saves a start of node at each run. */
  it("runs nobody's install scripts, and has one package that wants to", () => {
    assert.match(readFileSync(join(ROOT, ".npmrc"), "utf8"), /^ignore-scripts=true$/m);
    assert.deepEqual(
      places(({ hasInstallScript }) => hasInstallScript === true),
      ["node_modules/esbuild"],
    );
  });

  it("holds the packages of other platforms, without which npm 11 refuses it", () => {
    const absent = Object.keys(absentOptionals(lockfile));
    assert.deepEqual(absent, [], "run: node tools/complete-lock.ts");
  });
});

describe("package.json, ours all", () => {
  it("pins every version exactly", () => {
    const folders = [".", ...packageNames(ROOT).map((name) => `packages/${name}`)];
    const versions = folders.flatMap((folder) => {
      const manifest = readJson(join(ROOT, folder, "package.json"));
      return ["dependencies", "devDependencies", "optionalDependencies"].flatMap((kind) =>
        Object.entries((manifest[kind] ?? {}) as Record<string, string>),
      );
    });
    assert.ok(versions.length > 10);
    assert.deepEqual(
      versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
      [],
    );
  });
});

describe("completing a lockfile", () => {
  const optionalDependencies = {
    "@a/binding-linux-x64-musl": "1.0.0",
    "@a/binding-wasm32-wasi": "1.0.0",
    "@a/darwin-arm64": "1.0.0",
  };

  it("adds what is missing with its platform, and leaves what is there", () => {
    const lockfile: Lockfile = {
      packages: {
        "node_modules/a": { version: "1.0.0", dev: true, optionalDependencies },
        "node_modules/@a/darwin-arm64": { version: "1.0.0" },
      },
    };
    assert.deepEqual(absentOptionals(lockfile), {
      "node_modules/@a/binding-linux-x64-musl": {
        version: "1.0.0",
        cpu: ["x64"],
        dev: true,
        libc: ["musl"],
        optional: true,
        os: ["linux"],
      },
      "node_modules/@a/binding-wasm32-wasi": {
        version: "1.0.0",
        cpu: ["wasm32"],
        dev: true,
        optional: true,
      },
    });
  });

  it("does not guess a platform", () => {
    const lockfile: Lockfile = { packages: { a: { optionalDependencies: { fsevents: "2.3.3" } } } };
    assert.throws(() => absentOptionals(lockfile), /fsevents: its platform is not in its name/);
  });
});
