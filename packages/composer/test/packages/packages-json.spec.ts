import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { packageRecords } from "../../src/packages/package-record.ts";
import { decodePackages, packagesJson } from "../../src/packages/packages-json.ts";
import { aPackage, aRecord } from "./a-package.ts";

const SHA256 = "cd".repeat(32);

describe("package records", () => {
  const deb = (name: string, version = "1.0-1") => ({
    name,
    version,
    architecture: "amd64",
    sha256: SHA256,
    size: 5,
    filename: `pool/${name}.deb`,
  });

  it("join what dpkg lists, what was unpacked, the lock and the licences", () => {
    const records = packageRecords({
      installed: [aPackage("b"), aPackage("a")],
      extracted: [aPackage("linux-image")],
      lock: [deb("linux-image"), deb("a"), deb("b", "2")],
      licences: new Map([["a", { expression: "ISC", extracted: [] }]]),
    });
    assert.deepEqual(
      records.map((one) => [one.name, one.deb?.sha256, one.licence.expression]),
      [
        ["a", SHA256, "ISC"],
        // The lock holds another version: its digest says nothing about this one.
        ["b", undefined, "NOASSERTION"],
        ["linux-image", SHA256, "NOASSERTION"],
      ],
    );
  });

  it("count a package once that is both installed and unpacked", () => {
    const one = aPackage("a");
    const sources = { installed: [one], extracted: [one], lock: [], licences: new Map() };
    assert.equal(packageRecords(sources).length, 1);
  });
});

describe("packages.json", () => {
  it("is the same for the same packages in any order", () => {
    const records = ["a", "b", "c"].map((name) => aRecord(name));
    assert.equal(packagesJson(records), packagesJson(records.toReversed()));
    assert.ok(packagesJson(records).endsWith("]\n"));
  });

  it("is read back as it was written", () => {
    const [entry] = decodePackages(JSON.parse(packagesJson([aRecord("a")]))) ?? [];
    assert.deepEqual(entry, {
      name: "a",
      version: "1.0-1",
      architecture: "amd64",
      source: "a",
      sourceVersion: "1.0-1",
      section: "misc",
      maintainer: "Jane Doe <jane@debian.org>",
      installedSizeKib: 100,
      licence: "MIT",
      sha256: "ab".repeat(32),
      size: 1000,
      filename: "pool/main/a/a/a_1.0-1_amd64.deb",
    });
  });

  it("is refused when it is not a list of packages", () => {
    const good = { name: "a", version: "1", architecture: "all", installedSizeKib: 1 };
    assert.equal(decodePackages([good])?.length, 1);
    for (const bad of [
      undefined,
      null,
      {},
      [null],
      ["a"],
      [{ ...good, name: 1 }],
      [{ ...good, installedSizeKib: -1 }],
      [{ ...good, installedSizeKib: "1" }],
      [{ name: "a", version: "1" }],
    ]) {
      assert.equal(decodePackages(bad), undefined, JSON.stringify(bad));
    }
  });
});
