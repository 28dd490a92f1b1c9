/** Values that several suites begin from. */
import assert from "node:assert/strict";
import type { Decoded, NodeFacts, ReleaseManifest, Rollout, SignedRelease } from "@slipway/release";
import { digest, manifest } from "../../../../test/support/signed-repository/published.ts";

export { digest };

const published = manifest("42.1");

export const MANIFEST: ReleaseManifest = {
  ...published,
  transports: [
    ...published.transports,
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
