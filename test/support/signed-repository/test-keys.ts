/** Keys that are the same in every run: each is made from a word. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import { encodeCanonical } from "@slipway/release";

export interface TestKey {
  readonly id: string;
  /** As metadata lists it. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly sign: (bytes: Uint8Array) => string;
}

const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

const publicHex = (key: KeyObject): string => {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return Buffer.from(x ?? "", "base64url").toString("hex");
};

/** An ed25519 key. */
export const testKey = (word: string): TestKey => {
  const seed = createHash("sha256").update(word).digest();
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: "der",
    type: "pkcs8",
  });
  const json = {
    keytype: "ed25519",
    scheme: "ed25519",
    keyval: { public: publicHex(key) },
  };
  return {
    id: createHash("sha256").update(encodeCanonical(json)).digest("hex"),
    json,
    sign: (bytes) => sign(null, bytes, key).toString("hex"),
  };
};

/** The same key under another id, spelt in another way that readers take. */
export const underAnotherId = (key: TestKey, id: string): TestKey => {
  const { public: hex } = key.json["keyval"] as { public: string };
  return { ...key, id, json: { ...key.json, keyval: { public: hex.toUpperCase() } } };
};
