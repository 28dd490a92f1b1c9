/** What a test repository has published. */
import type { Channel, ReleaseManifest } from "@slipway/release";

export const digest = (digit: string): string => digit.repeat(64);

export const manifest = (version: string, roothash = "a"): ReleaseManifest => ({
  image: "base",
  version,
  architecture: "x86_64",
  created: 1_790_000_000,
  securityEpoch: 3,
  roothash: digest(roothash),
  salt: digest("b"),
  rootUuid: "0b2ed4a4-6b5c-4c7e-9f0f-0123456789ab",
  verityUuid: "1b2ed4a4-6b5c-4c7e-9f0f-0123456789ab",
  kernelRelease: "6.12.48+deb13-cloud-amd64",
  bootEntry: `base_${version}_aaaaaaaa+3.efi`,
  root: { size: 400 * 2 ** 20, sha256: digest("1") },
  verity: { size: 3_200_000, sha256: digest("2") },
  uki: { size: 34_000_000, sha256: digest("3") },
  packages: { size: 20_000, sha256: digest("4") },
  sbom: { size: 90_000, sha256: digest("5") },
  minimalSlotMib: 400,
  agent: { minimal: "1.0", included: "1.2" },
  transports: [
    { of: "root", format: "frames-1", file: { size: 108_000_000, sha256: digest("6") } },
  ],
});

export const channel = (name: string, ...versions: readonly string[]): Channel => ({
  image: "base",
  name,
  rollouts: versions.map((version, index) => ({
    version,
    salt: (index + 1).toString(16).padStart(2, "0").repeat(16),
    waves: [{ share: 10_000, start: 1_790_000_000, duration: 0, soak: 0 }],
    groups: new Map(),
  })),
});
