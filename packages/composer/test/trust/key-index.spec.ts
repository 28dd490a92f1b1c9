import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  decodeKeyIndex,
  EMPTY_INDEX,
  encodeKeyIndex,
  type KeyEntry,
  keyEntry,
  keysOfRole,
  type PrivatePart,
  withKey,
  withoutKeys,
  withThreshold,
} from "../../src/trust/key-index.ts";
import type { KeyAlgorithm } from "../../src/trust/public-key.ts";
import type { Role } from "@slipway/release";
import { makePair } from "./some-keys.ts";

const FILE: PrivatePart = { kind: "file", name: "root-01234567.pem" };
const COMMAND: PrivatePart = { kind: "command", argv: ["/usr/bin/sign", "slot 1"] };

const entry = (role: Role, part: PrivatePart, algorithm: KeyAlgorithm = "ed25519"): KeyEntry => {
  const made = keyEntry(role, makePair(algorithm).publicKey, part);
  assert.ok(made !== undefined);
  return made;
};

const root = entry("root", FILE);
const image = entry("image-base", COMMAND, "ecdsa-p256");
const index = [root, image].reduce(withKey, withThreshold(EMPTY_INDEX, "root", 2));

describe("the index of keys", () => {
  it("comes back from its text, without a secret in it", () => {
    const text = encodeKeyIndex(index);
    assert.doesNotMatch(text, /PRIVATE/);
    const read = decodeKeyIndex(text);
    assert.equal(encodeKeyIndex(read), text);
    assert.deepEqual(
      [...read.keys.values()].map(({ role, algorithm, privatePart }) => [
        role,
        algorithm,
        privatePart,
      ]),
      [
        ["root", "ed25519", FILE],
        ["image-base", "ecdsa-p256", COMMAND],
      ],
    );
    assert.equal(read.thresholds.get("root"), 2);
    assert.deepEqual(
      keysOfRole(read, "image-base").map(({ key }) => key.keyID),
      [image.key.keyID],
    );
  });

  it("forgets the keys that go, and no role", () => {
    const rest = withoutKeys(index, new Set([root.key.keyID]));
    assert.deepEqual([...rest.keys.keys()], [image.key.keyID]);
    assert.equal(decodeKeyIndex(encodeKeyIndex(rest)).thresholds.get("root"), 2);
  });

  const id = root.key.keyID;
  const EDITS: Readonly<Record<string, (text: string) => string>> = {
    "no JSON": (text) => text.slice(1),
    "another schema": (text) => text.replace('"schema": 1', '"schema": 2'),
    "a role that there is not": (text) => text.replace('"root":', '"rooot":'),
    "a threshold of 0": (text) => text.replace('"threshold": 2', '"threshold": 0'),
    "a threshold in words": (text) => text.replace('"threshold": 2', '"threshold": "2"'),
    "another key's public part": (text) => text.replaceAll(id, "0".repeat(64)),
    "no public part": (text) => text.replace('"public"', '"publik"'),
    "a public part that is none": (text) => text.replace("BEGIN PUBLIC", "BEGIN PRIVATE"),
    "a file outside": (text) => text.replace("root-01234567.pem", "../root-01234567.pem"),
    "an absolute file": (text) => text.replace("root-01234567.pem", "/root-01234567.pem"),
    "neither file nor command": (text) => text.replace('"file"', '"fil"'),
    "a command without words": (text) => text.replace(/"command": \[[^\]]*\]/, '"command": []'),
    "a command of numbers": (text) => text.replace('"slot 1"', "1"),
  };
  for (const [what, edit] of Object.entries(EDITS)) {
    it(`is refused with ${what}`, () => {
      const text = encodeKeyIndex(index);
      const edited = edit(text);
      assert.notEqual(edited, text);
      assert.throws(() => decodeKeyIndex(edited), { code: "KEYS_INVALID" });
    });
  }
});
