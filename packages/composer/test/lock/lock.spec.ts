import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { formatLock, nextEpoch, parseLock } from "../../src/lock/lock.ts";
import { aLock, aPackage, aSource } from "./a-lock.ts";

const refuses = (text: string, message: RegExp): void => {
  assert.throws(() => parseLock(text, "base.lock.json"), { code: "LOCK_INVALID", message });
};

describe("lock file", () => {
  it("comes back as it was written", () => {
    const sources = [aSource(), aSource({ verification: [`sha512-${"0".repeat(128)}`] })];
    for (const lock of [aLock(), aLock({ architectures: {} }), aLock({ sources })]) {
      assert.deepEqual(parseLock(formatLock(lock), "x"), lock);
    }
  });

  it("has a line a package, so that a change reads well", () => {
    const text = formatLock(
      aLock({
        architectures: {
          x86_64: { request: "0".repeat(64), packages: [aPackage(), aPackage({ name: "bar" })] },
        },
      }),
    );
    assert.equal(text.split("\n").filter((line) => line.includes('"sha256"')).length, 2);
  });

  it("says nothing of sources where there are none, as before there could be any", () => {
    assert.doesNotMatch(formatLock(aLock()), /sources/);
    assert.deepEqual(parseLock(formatLock(aLock()), "x").sources, []);
  });

  it("has a line a source", () => {
    const text = formatLock(aLock({ sources: [aSource(), aSource({ url: "http://x/" })] }));
    assert.equal(text.split("\n").filter((line) => line.includes('"url"')).length, 2);
  });

  it("refuses a source that is none", () => {
    const withSource = (entry: Parameters<typeof aSource>[0]) =>
      formatLock(aLock({ sources: [aSource(entry)] }));
    refuses(withSource({ url: "file:///etc/shadow" }), /sources\[0\]\.url/);
    refuses(withSource({ url: "https://x/a b" }), /sources\[0\]\.url/);
    refuses(withSource({ sha256: "../x" }), /sources\[0\]\.sha256/);
    refuses(withSource({ size: -1 }), /sources\[0\]\.size/);
    refuses(withSource({ verification: ["md5-0"] }), /sources\[0\]\.verification\[0\]/);
  });

  it("names the first value that is wrong", () => {
    refuses("{", /not JSON/);
    refuses("[]", /lock: must be an object/);
    refuses(formatLock(aLock()).replace('"schema": 1', '"schema": 2'), /schema: must be 1/);
    refuses(formatLock(aLock({ epoch: -1 })), /epoch: must be a whole number/);
    refuses(formatLock(aLock({ salt: "00" })), /salt: must match/);
  });

  it("refuses a package's name or path that could lead out of the mirror", () => {
    const withPackage = (entry: Parameters<typeof aPackage>[0]) =>
      formatLock(
        aLock({
          architectures: { x86_64: { request: "0".repeat(64), packages: [aPackage(entry)] } },
        }),
      );
    refuses(withPackage({ filename: "pool/../../etc/x.deb" }), /packages\[0\]\.filename/);
    refuses(withPackage({ filename: "/etc/x.deb" }), /packages\[0\]\.filename/);
    refuses(withPackage({ name: "../x" }), /packages\[0\]\.name/);
    refuses(withPackage({ sha256: "AB".repeat(32) }), /packages\[0\]\.sha256/);
  });
});

describe("epoch", () => {
  it("is the archive's date at first", () => {
    assert.equal(nextEpoch(undefined, "1", 500), 500);
  });

  it("stays for the same version, whatever the archive says", () => {
    assert.equal(nextEpoch({ version: "1", epoch: 500 }, "1", 900), 500);
  });

  it("rises with every version, even when the archive went back", () => {
    assert.equal(nextEpoch({ version: "1", epoch: 500 }, "2", 900), 900);
    assert.equal(nextEpoch({ version: "1", epoch: 500 }, "2", 300), 501);
  });
});
