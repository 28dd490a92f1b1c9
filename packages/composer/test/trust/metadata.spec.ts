import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { describe, it } from "mocha";
import { Key, Metadata, Root, Targets } from "@tufjs/models";
import {
  checkListing,
  checkRoot,
  checkSignatures,
  checkTargets,
} from "../../src/trust/check-metadata.ts";
import {
  type Delegations,
  delegationsOf,
  draftListing,
  draftRoot,
  draftSnapshot,
  draftTargets,
  expiryOf,
  rootRolesOf,
  withDocuments,
} from "../../src/trust/draft.ts";
import { asJson, decodeRoot, decodeTargets } from "../../src/trust/metadata-text.ts";
import { keyIdOf, publicKeyOf, tufKeyOf } from "../../src/trust/public-key.ts";
import { by, makePair, NOW, rootBy, signedBy } from "./some-keys.ts";

const pair = makePair();
const REFUSED = { code: "REPOSITORY_INVALID" } as const;

describe("a public key", () => {
  for (const algorithm of ["ed25519", "ecdsa-p256"] as const) {
    it(`${algorithm} comes back from what metadata says of it`, () => {
      const { key, publicKey } = makePair(algorithm);
      assert.ok(publicKeyOf(key).equals(publicKey));
      assert.equal(keyIdOf(key), key.keyID);
      assert.match(key.keyID, /^[0-9a-f]{64}$/);
    });
  }

  it("has the id that other implementations give it", () => {
    // RFC 8032, section 7.1, test 1; the id worked out with sha256sum over the canonical text.
    const hex = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    const publicKey = createPublicKey({
      key: Buffer.from(`302a300506032b6570032100${hex}`, "hex"),
      format: "der",
      type: "spki",
    });
    assert.equal(
      tufKeyOf(publicKey)?.keyID,
      "74c181c7ad8a0855d4b55e44d2ba87aabdddb196832571f15f92fece332e4916",
    );
  });

  it("is refused under any other id and in any other spelling", () => {
    const { key } = makePair("ecdsa-p256");
    const { keyType, scheme, keyVal, keyID } = key;
    const pem = keyVal["public"] ?? "";
    const spellings = [
      new Key({ keyType, scheme, keyVal, keyID: `${keyID.slice(1)}0` }),
      new Key({ keyType, scheme, keyVal: { public: `${pem}\n` }, keyID }),
      new Key({ keyType, scheme, keyVal: { public: pem.replaceAll("\n", "\r\n") }, keyID }),
      new Key({ keyType, scheme: "ed25519", keyVal, keyID }),
      new Key({ keyType, scheme, keyVal, keyID, unrecognizedFields: { note: "x" } }),
    ];
    for (const other of spellings) {
      assert.throws(() => publicKeyOf(other));
      // Even where the id fits the spelling: one key has one id.
      const id = keyIdOf(other);
      if (id !== keyID) assert.throws(() => publicKeyOf(Key.fromJSON(id, other.toJSON())));
    }
  });
});

describe("metadata that is read", () => {
  const { bytes } = signedBy("root", rootBy(pair), pair);
  const text = Buffer.from(bytes).toString();

  it("is what was written", () => {
    const { metadata } = decodeRoot(bytes, "1.root.json");
    checkRoot(metadata);
    checkSignatures(metadata, "root", { role: "root", metadata, bytes });
    assert.deepEqual(metadata.signed.toJSON(), rootBy(pair).toJSON());
  });

  const EDITS: Readonly<Record<string, (text: string) => string>> = {
    "a space": (it) => it.replace(":", ": "),
    "a byte order mark": (it) => `\uFEFF${it}`,
    "a member twice": (it) => it.replace('"version":1', '"version":1,"version":1'),
    "a member twice, with __proto__": (it) => it.replace("{", '{"__proto__":{},"__proto__":{},'),
    "members in another order": (it) => it.replace(/^\{(.*),("signed":.*)\}$/, "{$2,$1}"),
    "a fraction": (it) => it.replace('"version":1', '"version":1.0'),
    "a version 0": (it) => it.replace('"version":1', '"version":0'),
    "a negative version": (it) => it.replace('"version":1', '"version":-1'),
    "a version that no number holds": (it) =>
      it.replace('"version":1', '"version":9007199254740993'),
    "another type": (it) => it.replace('"_type":"root"', '"_type":"targets"'),
    "no date": (it) => it.replace(/"expires":"[^"]*"/, '"expires":"soon"'),
    "a threshold of 0": (it) => it.replace('"threshold":1', '"threshold":0'),
    "a signature twice": (it) => it.replace(/"signatures":\[(\{.*?\})\]/, '"signatures":[$1,$1]'),
    "a signature that goes on": (it) => it.replace(/"sig":"([0-9a-f]+)"/, '"sig":"$1zz"'),
    "a signature in capitals": (it) =>
      it.replace(/"sig":"([0-9a-f]+)"/, (all) => all.toUpperCase().replace("SIG", "sig")),
    "nothing else": () => "[]",
    "half of it": (it) => it.slice(0, it.length / 2),
  };
  for (const [what, edit] of Object.entries(EDITS)) {
    it(`is refused with ${what}`, () => {
      const edited = edit(text);
      assert.notEqual(edited, text);
      assert.throws(() => decodeRoot(Buffer.from(edited), "1.root.json"), REFUSED);
    });
  }

  it("is refused when it is longer than clients read", () => {
    const long = text.replace('"_type"', `"_":"${"x".repeat(600_000)}","_type"`);
    assert.throws(() => decodeRoot(Buffer.from(long), "1.root.json"), {
      ...REFUSED,
      message: /more than 512000/,
    });
  });

  it("has no fractions in what is listed beside a file", () => {
    assert.throws(() => asJson({ share: 0.5 }), TypeError);
    assert.throws(() => asJson({ when: 1n }), TypeError);
    assert.deepEqual(asJson({ a: [1, null, { b: undefined }] }), { a: [1, null, {}] });
  });
});

describe("a root that is looked at before it is signed on", () => {
  const json = () => rootBy(pair).toJSON();
  const metadataOf = (edited: ReturnType<typeof json>) => new Metadata(Root.fromJSON(edited));

  it("passes as it is", () => checkRoot(metadataOf(json())));

  it("is refused with one key under two ids", () => {
    const { key } = pair;
    const twin = Key.fromJSON("0".repeat(64), key.toJSON());
    const keys = { [key.keyID]: key.toJSON(), [twin.keyID]: twin.toJSON() };
    const role = { keyids: [key.keyID, twin.keyID], threshold: 2 };
    const roles = { root: role, targets: role, snapshot: role, timestamp: role };
    assert.throws(() => checkRoot(metadataOf({ ...json(), keys, roles })), {
      ...REFUSED,
      message: /one key could count as two/,
    });
  });

  it("is refused with a threshold that nobody can meet, or a key that is nowhere", () => {
    const { keyID } = pair.key;
    for (const role of [
      { keyids: [keyID], threshold: 2 },
      { keyids: [keyID], threshold: 1.5 },
      { keyids: ["0".repeat(64)], threshold: 1 },
      { keyids: [], threshold: 1 },
    ]) {
      const roles = { root: role, targets: role, snapshot: role, timestamp: role };
      assert.throws(() => checkRoot(metadataOf({ ...json(), roles })), REFUSED);
    }
  });

  it("is refused without consistent snapshots", () => {
    assert.throws(() => checkRoot(metadataOf({ ...json(), consistent_snapshot: false })), REFUSED);
  });
});

describe("targets that are looked at before they are signed on", () => {
  const delegations: Delegations = new Map([
    ["online", by(pair)],
    ["image-base", by(pair)],
  ]);
  const json = () => draftTargets(delegations, 1, NOW).toJSON();
  const check = (edit: (text: string) => string) => {
    const document = signedBy("targets", Targets.fromJSON(json()), pair);
    const text = edit(Buffer.from(document.bytes).toString());
    checkTargets(decodeTargets(Buffer.from(text), "targets", "1.targets.json").metadata);
  };

  it("pass as they are, and say whom they delegate to", () => {
    check((text) => text);
    assert.deepEqual(delegationsOf(Targets.fromJSON(json())), delegations);
  });

  const EDITS: Readonly<Record<string, (text: string) => string>> = {
    "a role of another name": (it) => it.replace('"name":"online"', '"name":"offline"'),
    "paths that are another's": (it) => it.replace("channels/*/*", "releases/*/*"),
    "a path more": (it) => it.replace('"channels/*/*"', '"channels/*/*","releases/*/*/*"'),
    "a role that lets others answer": (it) =>
      it.replace('"terminating":true', '"terminating":false'),
    "files of its own": (it) =>
      it.replace('"targets":{}', '"targets":{"a":{"hashes":{"sha256":""},"length":0}}'),
  };
  for (const [what, edit] of Object.entries(EDITS)) {
    it(`are refused with ${what}`, () => {
      assert.throws(() => check(edit), REFUSED);
    });
  }

  it("delegate to roles that list only what is theirs", () => {
    const release = { path: "releases/base/1/x86_64.json", bytes: Buffer.from("x") };
    const listing = draftListing("online", undefined, NOW, { put: [release], remove: [] });
    assert.throws(() => checkListing("online", new Metadata(listing)), REFUSED);
    checkListing("image-base", new Metadata(listing));
    assert.throws(() => checkListing("image-edge", new Metadata(listing)), REFUSED);
  });
});

describe("signatures", () => {
  const [a, b, c] = [makePair(), makePair("ecdsa-p256"), makePair()];
  const others = { targets: by(c), snapshot: by(c), timestamp: by(c) };
  const both = { keys: [a.key, b.key], threshold: 2 };
  const root = draftRoot({ ...others, root: both }, 1, NOW);

  it("count when there are enough of the role's keys", () => {
    const document = signedBy("root", root, a, b, c);
    checkSignatures(document.metadata, "root", document);
  });

  it("do not count when there are too few, or only others'", () => {
    for (const signers of [[], [a], [b], [c], [a, c]]) {
      const document = signedBy("root", root, ...signers);
      assert.throws(() => checkSignatures(document.metadata, "root", document), REFUSED);
    }
  });
});

describe("a draft", () => {
  it("expires in whole seconds, as other readers of dates want it", () => {
    const now = new Date("2026-06-01T00:00:00.999Z");
    assert.equal(expiryOf("timestamp", now), "2026-06-08T00:00:00Z");
    assert.equal(expiryOf("root", now), "2027-06-01T00:00:00Z");
  });

  it("of a root says again what it was made of", () => {
    const roles = { root: by(pair), targets: by(pair), snapshot: by(pair), timestamp: by(pair) };
    assert.deepEqual(rootRolesOf(draftRoot(roles, 3, NOW)), roles);
  });

  it("of a list keeps what is not mentioned, and counts its versions", () => {
    const put = (version: string) => ({
      path: `releases/base/${version}/x86_64.json`,
      bytes: Buffer.from(version),
    });
    const one = draftListing("image-base", undefined, NOW, {
      put: [put("1"), put("2")],
      remove: [],
    });
    const two = draftListing("image-base", one, NOW, { put: [put("3")], remove: [put("1").path] });
    assert.deepEqual(Object.keys(two.targets), [put("2").path, put("3").path]);
    assert.deepEqual([one.version, two.version], [1, 2]);
    assert.deepEqual(Object.keys(one.targets), [put("1").path, put("2").path]);
  });

  it("of a list do not make it longer than nodes take in", () => {
    const put = Array.from({ length: 2000 }, (_, index) => ({
      path: `releases/base/${index}/x86_64.json`,
      bytes: Buffer.from("x"),
    }));
    const full = draftListing("image-base", undefined, NOW, { put, remove: [] });
    assert.equal(Object.keys(full.targets).length, 2000);
    const more = [{ path: "releases/base/2000/x86_64.json", bytes: Buffer.from("x") }];
    assert.throws(() => draftListing("image-base", full, NOW, { put: more, remove: [] }), {
      code: "LIST_FULL",
    });
    draftListing("image-base", full, NOW, { put: more, remove: [put[0]?.path ?? ""] });
    // Dates can be signed anew, and files taken out, whatever there is.
    draftListing("image-base", full, NOW);
  });

  it("of a snapshot never loses a role", () => {
    const role = (name: "online" | "image-base", version: number) => {
      const previous = draftListing(name, undefined, NOW);
      const listing = version === 1 ? previous : draftListing(name, previous, NOW);
      return signedBy(name, listing, pair);
    };
    const first = withDocuments({}, [role("online", 1), role("image-base", 1)]);
    const second = withDocuments(first, [role("online", 2)]);
    const { meta } = draftSnapshot(second, 2, NOW);
    assert.deepEqual(
      Object.entries(meta).map(([name, { version }]) => [name, version]),
      [
        ["online.json", 2],
        ["image-base.json", 1],
      ],
    );
  });
});
