/** Whatever a repository serves: decoders answer, they do not throw, and what they let pass has the promised form. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  decodeChannel,
  type Decoded,
  decodeManifest,
  decodePolicy,
  decodeSummary,
  encodeChannel,
  encodeManifest,
  parseChannelFile,
  parseManifestFile,
  planRollout,
  DEFAULT_POLICY,
  summarize,
} from "@slipway/release";
import { bytesOf, MANIFEST, START, valueOf } from "../support/documents.ts";

const CHANNEL = encodeChannel({
  image: "base",
  name: "stable",
  rollouts: [planRollout(DEFAULT_POLICY, { version: "2", salt: "0".repeat(32) }, START)],
});

const POLICY = { waves: [{ percent: 1, duration: "1h" }], groups: { g: [{ percent: 2 }] } };

const DECODERS: readonly (readonly [string, unknown, (value: unknown) => Decoded<unknown>])[] = [
  ["manifest", JSON.parse(encodeManifest(MANIFEST)), decodeManifest],
  ["summary", summarize(MANIFEST), decodeSummary],
  ["channel", JSON.parse(CHANNEL), decodeChannel],
  ["policy", POLICY, decodePolicy],
];

/** The value with the member at some place, counted through, replaced. */
const replaceNth = (value: unknown, nth: number, replacement: unknown): unknown => {
  let left = nth;
  return JSON.parse(JSON.stringify(value), (name, member: unknown) => {
    left--;
    return left === -1 && name !== "" ? replacement : member;
  });
};

const assertAnswer = (decoded: Decoded<unknown>): void => {
  if (decoded.ok) return;
  assert.ok(decoded.findings.length > 0 && decoded.findings.length <= 50);
  for (const { message, path } of decoded.findings) {
    assert.ok(message.length > 0 && message.length < 1000);
    assert.ok(Array.isArray(path));
  }
};

describe("hostile documents", () => {
  for (const [what, valid, decode] of DECODERS) {
    it(`any value in place of a ${what} is answered`, () => {
      assert.ok(decode(valid).ok);
      fc.assert(
        fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
          assertAnswer(decode(value));
        }),
      );
    });

    it(`any value in place of any member of a ${what} is answered`, () => {
      fc.assert(
        fc.property(fc.nat(80), fc.jsonValue({ maxDepth: 3 }), (nth, value) => {
          assertAnswer(decode(replaceNth(valid, nth, value)));
        }),
        { numRuns: 500 },
      );
    });
  }

  it("a published file with any byte changed is refused, or gives another value", () => {
    const files = [
      [encodeManifest(MANIFEST), parseManifestFile],
      [CHANNEL, parseChannelFile],
    ] as const;
    for (const [text, parse] of files) {
      const before = valueOf<unknown>(parse(bytesOf(text)));
      fc.assert(
        fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
          const bytes = bytesOf(text);
          bytes[at] = (bytes[at] ?? 0) ^ flip;
          const decoded: Decoded<unknown> = parse(bytes);
          assertAnswer(decoded);
          // Digits stand in values and in names that must be there; a changed name of another member is left aside.
          if (decoded.ok && /[0-9]/.test(text[at] ?? ""))
            assert.notDeepEqual(decoded.value, before);
        }),
        { numRuns: 500 },
      );
    }
  });
});
