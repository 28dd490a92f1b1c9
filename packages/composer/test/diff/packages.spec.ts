import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { comparePackages, type PackageList } from "../../src/diff/packages.ts";
import { decodePackages, packagesJson } from "../../src/packages/packages-json.ts";
import { aRecord } from "../packages/a-package.ts";

const list = (
  records: readonly ReturnType<typeof aRecord>[],
  architecture: PackageList["architecture"] = "x86_64",
): PackageList => ({
  architecture,
  packages: decodePackages(JSON.parse(packagesJson(records))) ?? [],
});

const rebuilt = (name: string) => {
  const record = aRecord(name);
  return { ...record, deb: { sha256: "cd".repeat(32), size: 1, filename: "x" } };
};

describe("comparison of packages", () => {
  const before = list([
    aRecord("gone"),
    aRecord("same"),
    aRecord("up", { version: "1.9-1", installedSizeKib: 100 }),
    aRecord("down", { version: "2:1.0" }),
    aRecord("again"),
    aRecord("tilde", { version: "1.0~rc1" }),
  ]);
  const after = list([
    aRecord("new", { installedSizeKib: 7 }),
    aRecord("same"),
    aRecord("up", { version: "1.10-1", installedSizeKib: 140 }),
    aRecord("down", { version: "1:9.0" }),
    rebuilt("again"),
    aRecord("tilde", { version: "1.0" }),
  ]);
  const diff = comparePackages(before, after);

  it("sorts what is in one release only, and the rest by Debian's order of versions", () => {
    assert.deepEqual(
      diff.added.map(({ name }) => name),
      ["new"],
    );
    assert.deepEqual(
      diff.removed.map(({ name }) => name),
      ["gone"],
    );
    assert.deepEqual(
      diff.upgraded.map(({ name, before: old, after: now }) => [name, old.version, now.version]),
      [
        ["tilde", "1.0~rc1", "1.0"],
        ["up", "1.9-1", "1.10-1"],
      ],
    );
    assert.deepEqual(
      diff.downgraded.map(({ name }) => name),
      ["down"],
    );
    assert.deepEqual(
      diff.rebuilt.map(({ name }) => name),
      ["again"],
    );
  });

  it("adds up what they claim to take", () => {
    assert.deepEqual(diff.installedSizeKib, { before: 600, after: 547 });
  });

  it("finds nothing between a release and itself", () => {
    const { installedSizeKib: _, ...lists } = comparePackages(before, before);
    assert.deepEqual(Object.values(lists), [[], [], [], [], []]);
  });

  it("holds packages of two architectures against each other, and does not call them rebuilt", () => {
    const record = aRecord("again");
    const arm = { ...rebuilt("again"), architecture: "arm64" };
    const { installedSizeKib: _, ...lists } = comparePackages(
      list([record, aRecord("data", { architecture: "all" })]),
      list([arm, aRecord("data", { architecture: "all", version: "3" })], "aarch64"),
    );
    assert.deepEqual(
      Object.entries(lists).map(([kind, found]) => [kind, found.length]),
      [
        ["added", 0],
        ["removed", 0],
        ["upgraded", 1],
        ["downgraded", 0],
        ["rebuilt", 0],
      ],
    );
  });
});
