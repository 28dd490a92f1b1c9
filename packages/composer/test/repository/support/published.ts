/** Published releases and channels as values. */
import {
  type Channel,
  publishManifest,
  releaseTarget,
  type Rollout,
  summarize,
  targetFile,
} from "@slipway/release";
import type { PublishedRelease } from "../../../src/repository/contents.ts";
import type { Manifest } from "../../../src/build/manifest.ts";

export const digest = (digit: string): string => digit.repeat(64);

export const NOW = 1_800_000_000;
export const DAY = 86_400;

/** What a build says of its release. */
export const built = (version: string, fields: Partial<Manifest> = {}): Manifest => ({
  image: "base",
  version,
  architecture: "x86_64",
  epoch: 1_790_000_000,
  roothash: digest("a"),
  salt: digest("b"),
  rootUuid: "0b2ed4a4-6b5c-4c7e-9f0f-0123456789ab",
  verityUuid: "1b2ed4a4-6b5c-4c7e-9f0f-0123456789ab",
  slotSizeMib: 2048,
  kernelRelease: "6.12.48+deb13-cloud-amd64",
  bootEntry: `base_${version}_aaaaaaaa+3.efi`,
  inputs: digest("c"),
  artifacts: {
    "disk.raw": { size: 5, sha256: digest("0") },
    "root.erofs": { size: 3_000_000, sha256: digest("1") },
    "root.verity": { size: 30_000, sha256: digest("2") },
    "uki.efi": { size: 400_000, sha256: digest("3") },
    "packages.json": { size: 2000, sha256: digest("4") },
    "sbom.spdx.json": { size: 9000, sha256: digest("5") },
  },
  ...fields,
});

interface Published {
  readonly architecture?: "x86_64" | "aarch64";
  readonly securityEpoch?: number;
  readonly minimalAgent?: string;
}

export const published = (
  version: string,
  { architecture = "x86_64", securityEpoch = 0, minimalAgent = "0" }: Published = {},
): PublishedRelease => {
  const manifest = publishManifest(built(version, { architecture }), {
    securityEpoch,
    agent: { minimal: minimalAgent },
    transports: [
      { of: "root", format: "frames-1", file: { size: 1_000_000, sha256: digest("6") } },
      { of: "uki", format: "frames-1", file: { size: 200_000, sha256: digest("7") } },
      {
        of: "root",
        format: "delta-1",
        from: { version: "0", sha256: digest("8") },
        file: { size: 4000, sha256: digest("9") },
      },
    ],
  });
  const target = releaseTarget(manifest);
  return {
    target,
    file: targetFile(target, digest("d")),
    role: "image-base",
    manifest,
    summary: summarize(manifest),
  };
};

/** A rollout that reached everybody long ago. */
export const complete = (version: string, fields: Partial<Rollout> = {}): Rollout => ({
  version,
  salt: Buffer.from(version.padStart(16, "0")).toString("hex"),
  waves: [{ share: 10_000, start: NOW - DAY, duration: 0, soak: 0 }],
  groups: new Map(),
  ...fields,
});

export const channel = (name: string, ...rollouts: readonly Rollout[]): Channel => ({
  image: "base",
  name,
  rollouts,
});
