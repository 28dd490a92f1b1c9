import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { cacheDirectory, codeCacheDirectory, outputDirectory } from "../../src/arguments/places.ts";

const at = (environment: Readonly<Record<string, string>>) => ({
  environment,
  directory: "/project",
  home: "/home/me",
});

describe("the cache directory", () => {
  it("is the given one", () => {
    assert.equal(cacheDirectory("c", at({ XDG_CACHE_HOME: "/x" })), "/project/c");
    assert.equal(cacheDirectory("/c/../d", at({})), "/d");
  });

  it("is slipway's in the user's cache", () => {
    assert.equal(cacheDirectory(undefined, at({ XDG_CACHE_HOME: "/x" })), "/x/slipway");
    assert.equal(cacheDirectory(undefined, at({})), "/home/me/.cache/slipway");
  });

  it("ignores a relative or empty XDG_CACHE_HOME, as the specification says", () => {
    for (const XDG_CACHE_HOME of ["", "x", "./x"]) {
      assert.equal(cacheDirectory(undefined, at({ XDG_CACHE_HOME })), "/home/me/.cache/slipway");
    }
  });

  it("is not the one of node's compiled sources: a dry run leaves it alone", () => {
    assert.equal(codeCacheDirectory(at({})), "/home/me/.cache/slipway-code");
  });
});

describe("the output directory", () => {
  it("is out, or the given one, absolute", () => {
    assert.equal(outputDirectory(undefined, at({})), "/project/out");
    assert.equal(outputDirectory("../o", at({})), "/o");
  });
});
