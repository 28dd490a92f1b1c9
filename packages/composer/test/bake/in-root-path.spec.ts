import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  childOf,
  depthOf,
  inRoot,
  isWithin,
  nameOf,
  parentOf,
} from "../../src/bake/in-root-path.ts";
import { parseVerification } from "../../src/bake/verification.ts";

describe("a path in a tree", () => {
  it("is absolute and clean, or it is none", () => {
    for (const bad of ["", "a", "./a", "/a/", "/a//b", "/../a", "/a/./b", "/a\0b"]) {
      assert.throws(() => inRoot(bad), RangeError, bad);
    }
  });

  it("has parents, children and a depth", () => {
    const path = inRoot("/a/b");
    assert.deepEqual([parentOf(path), nameOf(path), depthOf(path)], ["/a", "b", 2]);
    assert.deepEqual([childOf(inRoot("/"), "a"), childOf(path, "c")], ["/a", "/a/b/c"]);
    assert.deepEqual([depthOf(inRoot("/")), parentOf(inRoot("/"))], [0, "/"]);
    assert.throws(() => childOf(path, ".."), RangeError);
  });

  it("lies within a directory by components, not by letters", () => {
    assert.ok(isWithin("/a/b", "/a") && isWithin("/a", "/a") && isWithin("/a", "/"));
    assert.ok(!isWithin("/ab", "/a") && !isWithin("/", "/a"));
  });
});

describe("a digest in a config", () => {
  it("is sha256 or sha512 in hex, in either case", () => {
    const hex = "Ab".repeat(32);
    assert.deepEqual(parseVerification({ hash: `sha256-${hex}` }), {
      algorithm: "sha256",
      hex: hex.toLowerCase(),
    });
    assert.equal(parseVerification({ hash: `sha512-${hex}${hex}` })?.algorithm, "sha512");
    for (const hash of [
      "",
      "sha256-",
      `sha512-${hex}`,
      `md5-${hex}`,
      `sha256-${"zz".repeat(32)}`,
    ]) {
      assert.equal(parseVerification({ hash }), undefined, hash);
    }
  });
});
