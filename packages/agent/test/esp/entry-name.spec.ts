import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  entryName,
  formatEntryName,
  isBad,
  isBootable,
  isSameRelease,
  parseEntryName,
} from "../../src/esp/entry-name.ts";

const RELEASE = { image: "base", version: "1.2~rc1", digest: "0a1b2c3d" };
const STATES = [
  ["base_1.2~rc1_0a1b2c3d.efi", { kind: "good" }],
  ["base_1.2~rc1_0a1b2c3d.staged", { kind: "staged" }],
  ["base_1.2~rc1_0a1b2c3d.leftover2", { kind: "leftover", number: 2 }],
  ["base_1.2~rc1_0a1b2c3d+3.efi", { kind: "counted", left: 3, done: 0 }],
  ["base_1.2~rc1_0a1b2c3d+0-4.efi", { kind: "counted", left: 0, done: 4 }],
] as const;

describe("a boot entry's name", () => {
  it("says release and state, and is made of them", () => {
    for (const [file, state] of STATES) {
      assert.deepEqual(parseEntryName(file), { ...RELEASE, state });
      assert.equal(formatEntryName({ ...RELEASE, state }), file);
    }
  });

  it("is the same in another case, but for the version", () => {
    assert.deepEqual(parseEntryName("BASE_1.2~rc1_0A1B2C3D+3.EFI"), {
      ...RELEASE,
      state: { kind: "counted", left: 3, done: 0 },
    });
  });

  it("has a counter with one number or two", () => {
    assert.deepEqual(
      parseEntryName("base_1_0a1b2c3d+3-0.efi"),
      parseEntryName("base_1_0a1b2c3d+3.efi"),
    );
  });

  it("is none that is torn or another's", () => {
    for (const file of [
      "BASE_1~1.EFI",
      "base_1_0a1b2c3.efi",
      "base_1_0a1b2c3d+.efi",
      "base_1_0a1b2c3d+3-.efi",
      "base_1_0a1b2c3d+9999999999.efi",
      "base_1_0a1b2c3d.efi.staged",
      "base_1_0a1b2c3d.leftover",
      "base__0a1b2c3d.efi",
      "../base_1_0a1b2c3d.efi",
      "linux.efi",
    ]) {
      assert.equal(parseEntryName(file), undefined, file);
    }
  });

  it("begins with the release's root hash", () => {
    const name = entryName(
      { image: "base", version: "1", roothash: "0a1b2c3d".repeat(8) },
      { kind: "good" },
    );
    assert.equal(formatEntryName(name), "base_1_0a1b2c3d.efi");
    assert.ok(isSameRelease(name, { image: "base", version: "1", digest: "0a1b2c3d" }));
    assert.ok(!isSameRelease(name, { image: "base", version: "2", digest: "0a1b2c3d" }));
  });

  it("says whether the loader takes it, and whether as a bad one", () => {
    const of = (file: string) => parseEntryName(file) ?? assert.fail(file);
    assert.deepEqual(
      STATES.map(([file]) => isBootable(of(file))),
      [true, false, false, true, true],
    );
    assert.deepEqual(
      STATES.map(([file]) => isBad(of(file))),
      [false, false, false, false, true],
    );
  });
});
