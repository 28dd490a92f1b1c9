/** Public keys as TUF writes them. Pure. */
import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import { canonicalize } from "@tufjs/canonical-json";
import { Key } from "@tufjs/models";

export const KEY_ALGORITHMS = ["ed25519", "ecdsa-p256"] as const;
export type KeyAlgorithm = (typeof KEY_ALGORITHMS)[number];

/** The 32 bytes of an ed25519 key come last in its SPKI form. */
const ED25519_BYTES = 32;

const SCHEMES = {
  ed25519: { keyType: "ed25519", scheme: "ed25519" },
  "ecdsa-p256": { keyType: "ecdsa", scheme: "ecdsa-sha2-nistp256" },
} as const;

/** The algorithm of a key, if Slipway signs with it. */
export const algorithmOf = (key: KeyObject): KeyAlgorithm | undefined => {
  if (key.asymmetricKeyType === "ed25519") return "ed25519";
  const curve = key.asymmetricKeyDetails?.namedCurve;
  return key.asymmetricKeyType === "ec" && curve === "prime256v1" ? "ecdsa-p256" : undefined;
};

const spkiDer = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });

/** As the specification and other clients write them: ed25519 in hex, ecdsa as PEM. */
const publicText = (key: KeyObject, algorithm: KeyAlgorithm): string =>
  algorithm === "ed25519"
    ? spkiDer(key).subarray(-ED25519_BYTES).toString("hex")
    : key.export({ type: "spki", format: "pem" });

/** A key's id by the specification: the digest of what the metadata says of the key. */
export const keyIdOf = (key: Pick<Key, "toJSON">): string =>
  createHash("sha256").update(canonicalize(key.toJSON())).digest("hex");

/** The TUF form of a public key; nothing for a kind of key that Slipway does not sign with. */
export const tufKeyOf = (key: KeyObject): Key | undefined => {
  const algorithm = algorithmOf(key);
  if (algorithm === undefined) return undefined;
  const options = { ...SCHEMES[algorithm], keyVal: { public: publicText(key, algorithm) } };
  const keyID = keyIdOf(new Key({ ...options, keyID: "" }));
  return new Key({ ...options, keyID });
};

const ED25519_SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");
const ED25519_TEXT = /^[0-9a-f]{64}$/;

/**
 * The key that a metadata's entry names.
 * @throws when it is none of Slipway's two kinds, or is spelt in another way than Slipway spells it.
 */
export const publicKeyOf = (key: Key): KeyObject => {
  const text = key.keyVal["public"] ?? "";
  const publicKey = ED25519_TEXT.test(text)
    ? createPublicKey({
        key: Buffer.concat([ED25519_SPKI_PREFIX, Buffer.from(text, "hex")]),
        format: "der",
        type: "spki",
      })
    : createPublicKey(text);
  const again = tufKeyOf(publicKey);
  // One key has one spelling, hence one id: else two ids could stand for one key, and count twice.
  if (again?.keyID !== key.keyID || !again.equals(key))
    throw new TypeError(`key ${key.keyID} is not spelt as its id demands`);
  return publicKey;
};

/** Whether `signature` is one of this key's for these bytes. */
export const isSignedBy = (key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean =>
  verify(algorithmOf(key) === "ed25519" ? null : "sha256", bytes, key, signature);
