import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { imageUpdateInputs, requireTrustRoot } from "../../src/agent/image-update.ts";
import { makePair, rootBy, signedBy } from "../trust/some-keys.ts";

describe("the root that nodes begin to trust with", () => {
  const [pair, stranger] = [makePair(), makePair()];
  const REFUSED = { code: "REPOSITORY_INVALID" } as const;

  it("is one that its own keys signed", () => {
    requireTrustRoot(signedBy("root", rootBy(pair), pair).bytes, "1.root.json");
  });

  it("is none that others signed, or nobody, or that was changed", () => {
    assert.throws(
      () => requireTrustRoot(signedBy("root", rootBy(pair), stranger).bytes, "r"),
      REFUSED,
    );
    assert.throws(() => requireTrustRoot(signedBy("root", rootBy(pair)).bytes, "r"), REFUSED);
    const text = Buffer.from(signedBy("root", rootBy(pair), pair).bytes).toString();
    const changed = Buffer.from(text.replace('"version":1', '"version":2'));
    assert.throws(() => requireTrustRoot(changed, "r"), REFUSED);
    assert.throws(() => requireTrustRoot(Buffer.from("{}"), "r"), REFUSED);
    assert.throws(() => requireTrustRoot(Buffer.alloc(4_000_000, 32), "r"), /bytes, more than/);
  });
});

describe("image.update in a root's identity", () => {
  it("is nothing without it, and changes with the settings and with the root", () => {
    assert.deepEqual(imageUpdateInputs({ settings: undefined, trust: undefined }), {});
    const digests = [
      imageUpdateInputs({ settings: "a", trust: "a" }),
      imageUpdateInputs({ settings: "b", trust: "a" }),
      imageUpdateInputs({ settings: "a", trust: "b" }),
    ].map((inputs) => JSON.stringify(inputs));
    assert.equal(new Set(digests).size, 3);
  });
});
