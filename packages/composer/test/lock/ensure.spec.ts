import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { ImageBlock } from "@slipway/ignition-config";
import { lockDrift } from "../../src/lock/ensure.ts";
import { packageRequest, recordedTools, requestDigest, saltOf } from "../../src/lock/request.ts";
import { aLock } from "./a-lock.ts";

const image: ImageBlock = {
  name: "base",
  version: "1",
  architectures: ["x86_64"],
  suite: "trixie",
  components: ["main"],
  packages: ["udev", "kmod"],
  slotSizeMib: 2048,
  kernelPackage: { x86_64: "linux-image-cloud-amd64", aarch64: "linux-image-cloud-arm64" },
  initrdModules: [],
  osRelease: {},
  setIdFiles: [],
};
const config = { storage: { directories: [], files: [], links: [] } };
const tools = { "erofs-utils": "1.8.6-1" };
const fitting = aLock({
  salt: saltOf("base"),
  architectures: {
    x86_64: { request: requestDigest(packageRequest(image, "x86_64")), packages: [] },
  },
});
const drift = (lock = fitting, block = image, with_ = tools) =>
  lockDrift(lock, { image: block, config, architectures: block.architectures }, with_);

describe("lock drift", () => {
  it("is none for the definition that the lock was made for, in any order of packages", () => {
    assert.deepEqual(drift(), []);
    assert.deepEqual(drift(fitting, { ...image, packages: ["kmod", "udev"] }), []);
  });

  it("does not count the mirror: the same packages may come from anywhere", () => {
    assert.deepEqual(drift(fitting, { ...image, mirror: "http://mirror.example" }), []);
  });

  it("names each input that differs", () => {
    assert.match(
      drift(fitting, { ...image, packages: ["udev"] }).join(),
      /other packages for x86_64/,
    );
    assert.match(drift(fitting, { ...image, packages: ["nano"] }).join(), /the lock lacks nano$/);
    assert.match(
      drift({ ...fitting, salt: "cd".repeat(32) }).join(),
      /its salt is not that of image base/,
    );
    assert.match(drift(fitting, { ...image, suite: "forky" }).join(), /other packages/);
    assert.match(drift(fitting, { ...image, version: "2" }).join(), /version 1, not 2/);
    assert.match(drift(fitting, { ...image, name: "web" }).join(), /image base, not web/);
    assert.match(
      drift(fitting, { ...image, architectures: ["aarch64"] }).join(),
      /no packages for aarch64/,
    );
    assert.match(
      drift(fitting, image, { "erofs-utils": "1.8.7-1" }).join(),
      /erofs-utils is 1\.8\.7-1/,
    );
    assert.deepEqual(lockDrift(undefined, { image, config, architectures: [] }, {}), [
      "there is no lock",
    ]);
  });
});

describe("what a lock records", () => {
  it("has one salt an image name, and another for another name", () => {
    assert.match(saltOf("base"), /^[0-9a-f]{64}$/);
    assert.equal(saltOf("base"), saltOf("base"));
    assert.notEqual(saltOf("base"), saltOf("web"));
  });

  it("keeps the versions of the tools whose output is in an artifact, and no other", () => {
    assert.deepEqual(recordedTools("zsh 5\nerofs-utils 1.8.6-1\nadduser 3\ncpio 2.15\n"), {
      cpio: "2.15",
      "erofs-utils": "1.8.6-1",
    });
  });
});
