import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { InstalledPackage } from "../../src/packages/installed-package.ts";
import { resolveDependencies } from "../../src/packages/resolve-dependencies.ts";
import { aPackage } from "./a-package.ts";

const edges = (...packages: readonly InstalledPackage[]): Record<string, readonly string[]> =>
  Object.fromEntries(
    resolveDependencies(packages).map(({ of, on }) => [of.name, on.map(({ name }) => name)]),
  );

describe("dependencies within a set of packages", () => {
  it("go to the package of the name", () => {
    assert.deepEqual(edges(aPackage("a", { depends: "b (>= 1)" }), aPackage("b")), {
      a: ["b"],
      b: [],
    });
  });

  it("go to the first alternative that is there in the wanted version", () => {
    assert.deepEqual(
      edges(
        aPackage("a", { depends: "missing | b (>= 2) | c | d" }),
        aPackage("b"),
        aPackage("c"),
        aPackage("d"),
      )["a"],
      ["c"],
    );
  });

  it("go to every package that provides the name when none has it", () => {
    const a = aPackage("a", { depends: "mta" });
    const b = aPackage("b", { provides: "mta" });
    const c = aPackage("c", { provides: "x, mta (= 3)" });
    assert.deepEqual(edges(a, b, c)["a"], ["b", "c"]);
    assert.deepEqual(edges(a, b, c, aPackage("mta"))["a"], ["mta"]);
  });

  it("in a version are not fulfilled by a Provides without one", () => {
    const a = aPackage("a", { depends: "api (>= 3)" });
    assert.deepEqual(edges(a, aPackage("b", { provides: "api" }))["a"], []);
    assert.deepEqual(edges(a, aPackage("b", { provides: "api (= 2)" }))["a"], []);
    assert.deepEqual(edges(a, aPackage("b", { provides: "api (= 3)" }))["a"], ["b"]);
  });

  it("on itself are none, and each other package counts once", () => {
    assert.deepEqual(
      edges(aPackage("a", { depends: "a, b, b | c, v", provides: "v" }), aPackage("b")),
      { a: ["b"], b: [] },
    );
  });

  it("that nothing fulfils are told", () => {
    const [of] = resolveDependencies([aPackage("a", { depends: "b | c, a" })]);
    assert.deepEqual(of?.unresolved, [[{ name: "b" }, { name: "c" }]]);
  });

  it("come in the order of the packages, not of the field", () => {
    assert.deepEqual(edges(aPackage("a", { depends: "c, b" }), aPackage("b"), aPackage("c"))["a"], [
      "b",
      "c",
    ]);
  });
});
