/** Values that several suites begin from. */
import assert from "node:assert/strict";
import type { Decoded, NodeFacts, ReleaseManifest, Rollout, SignedRelease } from "@slipway/release";

export const digest = (digit: string): string => digit.repeat(64);

export const MANIFEST: ReleaseManifest = {
  image: "base",
  version: "42.1",
  architecture: "x86_64",
  created: 1_790_000_000,
  securityEpoch: 3,
  roothash: digest("a"),
  salt: digest("b"),
  rootUuid: "0b2ed4a4-6b5c-4c7e-9f0f-0123456789ab",
  verityUuid: "1b2ed4a4-6b5c-4c7e-9f0f-0123456789ab",
  kernelRelease: "6.12.48+deb13-cloud-amd64",
  bootEntry: "base_42.1_aaaaaaaa+3.efi",
  root: { size: 400 * 2 ** 20, sha256: digest("1") },
  verity: { size: 3_200_000, sha256: digest("2") },
  uki: { size: 34_000_000, sha256: digest("3") },
  packages: { size: 20_000, sha256: digest("4") },
  sbom: { size: 90_000, sha256: digest("5") },
  minimalSlotMib: 400,
  agent: { minimal: "1.0", included: "1.2" },
  transports: [
    { of: "root", format: "frames-1", file: { size: 108_000_000, sha256: digest("6") } },
    {
      of: "root",
      format: "delta-1",
      from: { version: "42.0", sha256: digest("7") },
      file: { size: 4_200_000, sha256: digest("8") },
    },
  ],
};

/** A release that the image role signed. */
export const signedRelease = (
  version: string,
  fields: Partial<SignedRelease> = {},
): SignedRelease => ({
  image: "base",
  version,
  architecture: "x86_64",
  roothash: `roothash of ${version}`,
  securityEpoch: 0,
  minimalSlotMib: 400,
  agent: { minimal: "1" },
  ...fields,
});

export const START = 1_800_000_000;
export const HOUR = 3600;

/** A rollout that reached everybody long ago. */
export const completeRollout = (version: string, fields: Partial<Rollout> = {}): Rollout => ({
  version,
  salt: `salt of ${version}`,
  waves: [{ share: 10_000, start: START - HOUR, duration: 0, soak: 0 }],
  groups: new Map(),
  ...fields,
});

export const nodeAt = (version: string, fields: Partial<NodeFacts> = {}): NodeFacts => ({
  id: "node-1",
  version,
  securityEpochFloor: 0,
  agentVersion: "1",
  forbidden: new Set(),
  ...fields,
});

export const valueOf = <T>(decoded: Decoded<T>): T => {
  assert.ok(decoded.ok, JSON.stringify(decoded));
  return decoded.value;
};

/** What a decoder refused with: `rule at path`. */
export const refusalsOf = (decoded: Decoded<unknown>): readonly string[] => {
  assert.ok(!decoded.ok, "it was accepted");
  return decoded.findings.map(({ rule, path }) => `${rule} at ${path.join(".")}`);
};

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
