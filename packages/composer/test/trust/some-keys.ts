/** Keys and metadata for tests, as values. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import assert from "node:assert/strict";
import { canonicalize } from "@tufjs/canonical-json";
import { type Key, Metadata } from "@tufjs/models";
import { draftRoot, type RoleDefinition, tufSignature } from "../../src/trust/draft.ts";
import { type Document, encodeMetadata, type Signed } from "../../src/trust/metadata-text.ts";
import { algorithmOf, type KeyAlgorithm, tufKeyOf } from "../../src/trust/public-key.ts";
import type { Role } from "@slipway/release";

export interface Pair {
  readonly key: Key;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export const makePair = (algorithm: KeyAlgorithm = "ed25519"): Pair => {
  const { publicKey, privateKey } =
    algorithm === "ed25519"
      ? generateKeyPairSync("ed25519")
      : generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const key = tufKeyOf(publicKey);
  assert.ok(key !== undefined);
  return { key, publicKey, privateKey };
};

export const NOW = new Date("2026-06-01T00:00:00Z");

export const by = (...pairs: readonly Pair[]): RoleDefinition => ({
  keys: pairs.map(({ key }) => key),
  threshold: 1,
});

/** A root in which one key is everybody's. */
export const rootBy = (pair: Pair, version = 1) =>
  draftRoot(
    { root: by(pair), targets: by(pair), snapshot: by(pair), timestamp: by(pair) },
    version,
    NOW,
  );

/** The metadata with the signatures of these keys. */
export const signedBy = <T extends Signed>(
  role: Role,
  signed: T,
  ...pairs: readonly Pair[]
): Document<T> => {
  const bytes = Buffer.from(canonicalize(signed.toJSON()));
  const metadata = new Metadata(signed);
  for (const { key, privateKey } of pairs) {
    const hash = algorithmOf(privateKey) === "ed25519" ? null : "sha256";
    metadata.signatures[key.keyID] = tufSignature(key.keyID, sign(hash, bytes, privateKey));
  }
  return { role, metadata, bytes: encodeMetadata(metadata) };
};
