import type { BuiltRelease, PlannedRelease } from "@slipway/composer";

const MIB = 1024 * 1024;
const facts = (size: number) => ({ size, sha256: "a".repeat(64) });

/** A release as the composer tells of it. */
export const aRelease = (changes: Partial<BuiltRelease> = {}): BuiltRelease => ({
  image: "base",
  version: "1",
  arch: "x86_64",
  directory: "/project/out/base/1/x86_64",
  roothash: "b".repeat(64),
  artifacts: {
    "uki.efi": facts(45 * MIB),
    "disk.raw": facts(5121 * MIB),
    "root.erofs": facts(512 * MIB),
    "root.verity": facts(4 * MIB),
    "packages.json": facts(2048),
    "sbom.spdx.json": facts(4096),
  },
  timings: { tree: 31_000, initrd: 12_100, kernel: 2 },
  steps: [
    {
      step: "tree",
      architecture: "x86_64",
      hit: false,
      changed: ["package openssl"],
      took: 31_000,
    },
    { step: "initrd", architecture: "x86_64", hit: false, took: 12_100 },
    { step: "kernel", architecture: "x86_64", hit: true, took: 2 },
  ],
  unchanged: false,
  ...changes,
});

/** A plan as the composer tells of it. */
export const aPlan = (changes: Partial<PlannedRelease> = {}): PlannedRelease => ({
  image: "base",
  version: "1",
  arch: "x86_64",
  directory: "/project/out/base/1/x86_64",
  drift: [],
  fetch: { count: 0, bytes: 0 },
  steps: [
    { step: "root", verdict: "unknown" },
    { step: "kernel", verdict: "cached" },
    { step: "tree", verdict: "make", changed: ["package openssl"] },
  ],
  ...changes,
});
