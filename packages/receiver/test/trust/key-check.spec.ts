import assert from "node:assert/strict";
import { ECDH, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, it } from "mocha";
import { ReceiverError } from "@slipway/receiver";
import { checkKeysAndRoles } from "../../src/trust/key-check.ts";

const place = { file: "metadata/2.root.json", source: "mirror 1" };

const codeOf = (keys: Record<string, unknown>, roles: Record<string, unknown> = {}): string => {
  try {
    checkKeysAndRoles({ keys, roles }, "root", place);
    return "taken";
  } catch (error) {
    assert.ok(error instanceof ReceiverError);
    return error.code;
  }
};

const pemOf = (key: KeyObject): string => key.export({ format: "pem", type: "spki" });

/** A P-256 key in the encodings that tuf-js reads: PEM, and its point in hex, whole or compressed. */
const ecdsaSpellings = (): readonly string[] => {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const point = Buffer.concat([
    Buffer.from([4]),
    Buffer.from(x, "base64url"),
    Buffer.from(y, "base64url"),
  ]);
  const compressed = ECDH.convertKey(point, "prime256v1", undefined, undefined, "compressed");
  const hex = point.toString("hex");
  return [pemOf(publicKey), hex, hex.toUpperCase(), Buffer.from(compressed).toString("hex")];
};

const ecdsa = (publicKey: string): unknown => ({
  keytype: "ecdsa",
  scheme: "ecdsa-sha2-nistp256",
  keyval: { public: publicKey },
});

describe("the keys that a root lists", () => {
  it("are compared by what they are, in whatever encoding they are given", () => {
    const spellings = ecdsaSpellings();
    assert.equal(new Set(spellings).size, 4);
    for (const a of spellings)
      for (const b of spellings)
        assert.equal(codeOf({ a: ecdsa(a), b: ecdsa(b) }), "DUPLICATE_KEY", `${a}\n${b}`);
  });

  it("are two where they are two", () => {
    const [[a = ""], [b = ""]] = [ecdsaSpellings(), ecdsaSpellings()];
    assert.equal(codeOf({ a: ecdsa(a), b: ecdsa(b) }), "taken");
  });

  it("are one key under whichever scheme: RSA signs with several", () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const rsa = (scheme: string): unknown => ({
      keytype: "rsa",
      scheme,
      keyval: { public: pemOf(publicKey) },
    });
    assert.equal(
      codeOf({ a: rsa("rsassa-pss-sha256"), b: rsa("rsassa-pss-sha512") }),
      "DUPLICATE_KEY",
    );
  });

  it("are left aside where tuf-js cannot verify with them: they count for nothing", () => {
    const odd = { keytype: "quantum", scheme: "later", keyval: { public: "00" } };
    assert.equal(codeOf({ a: odd, b: odd, c: null, d: { keytype: "ed25519" } }), "taken");
  });

  it("are at least as many as a threshold asks for, each counted once", () => {
    const [a = ""] = ecdsaSpellings();
    const role = (threshold: number, ...keyids: readonly string[]) => ({
      root: { threshold, keyids },
    });
    assert.equal(codeOf({ a: ecdsa(a) }, role(1, "a")), "taken");
    assert.equal(codeOf({ a: ecdsa(a) }, role(2, "a", "a")), "BAD_THRESHOLD");
    assert.equal(codeOf({ a: ecdsa(a) }, role(2, "a", "constructor")), "BAD_THRESHOLD");
    assert.equal(codeOf({ a: ecdsa(a) }, role(1, "toString")), "BAD_THRESHOLD");
  });

  it("are at most 1024", () => {
    const many = Object.fromEntries(Array.from({ length: 1025 }, (_, index) => [`k${index}`, {}]));
    assert.equal(codeOf(many), "BAD_METADATA");
  });
});
