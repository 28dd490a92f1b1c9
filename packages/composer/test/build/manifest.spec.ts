import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { formatManifest, type Manifest, parseManifest } from "../../src/build/manifest.ts";

const artifact = { size: 4096, sha256: "ab".repeat(32) };

const aManifest = (with_: Partial<Manifest> = {}): Manifest => ({
  image: "base",
  version: "1.2~rc1",
  architecture: "x86_64",
  epoch: 1_700_000_000,
  roothash: "01".repeat(32),
  salt: "02".repeat(32),
  rootUuid: "945f977f-9309-8231-87f3-b33eb6f1eafb",
  verityUuid: "480362fa-c2ed-8716-a3b2-70ea7dd66163",
  slotSizeMib: 2048,
  kernelRelease: "6.12.1+deb13-cloud-amd64",
  bootEntry: "base_1.2~rc1_01010101+3.efi",
  inputs: "03".repeat(32),
  artifacts: {
    "disk.raw": artifact,
    "root.erofs": artifact,
    "root.verity": artifact,
    "uki.efi": artifact,
    "packages.json": artifact,
    "sbom.spdx.json": artifact,
  },
  ...with_,
});

describe("a release's manifest", () => {
  it("comes back as it was written", () => {
    assert.deepEqual(parseManifest(formatManifest(aManifest()), "m"), aManifest());
    const withAgent = aManifest({ agent: "0.1.0" });
    assert.deepEqual(parseManifest(formatManifest(withAgent), "m"), withAgent);
  });

  const refuses = (text: string, message: RegExp): void => {
    assert.throws(() => parseManifest(text, "out/manifest.json"), {
      code: "NOT_A_RELEASE",
      message,
    });
  };

  it("is refused with the first field that is wrong", () => {
    refuses("", /out\/manifest\.json is no release manifest/);
    refuses("null", /it must be an object/);
    refuses("{}", /schema must be 1/);
    refuses(formatManifest(aManifest({ roothash: "xyz" })), /roothash must match/);
    refuses(formatManifest(aManifest({ slotSizeMib: 1.5 })), /slotSizeMib must be a whole number/);
    refuses(formatManifest(aManifest()).replace('"x86_64"', '"riscv64"'), /architecture must be/);
    refuses(formatManifest(aManifest({ agent: "a b" })), /agent must match/);
    refuses(formatManifest(aManifest()).replace('"uki.efi"', '"uki"'), /artifacts\.uki\.efi/);
  });

  it("cannot name a file outside the ESP's directory", () => {
    refuses(formatManifest(aManifest({ bootEntry: "../../x.efi" })), /bootEntry must match/);
    refuses(formatManifest(aManifest({ image: "../x" })), /image must match/);
  });
});
