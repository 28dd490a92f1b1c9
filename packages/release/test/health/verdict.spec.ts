import assert from "node:assert/strict";
import {
  boundLine,
  decodeVerdict,
  encodeVerdict,
  lastLines,
  MAX_LINE_LENGTH,
  MAX_LINES,
  parseVerdictFile,
  type Verdict,
} from "@slipway/release";
import { describe, it } from "mocha";
import { bytesOf, refusalsOf, valueOf } from "../support/documents.ts";

const VERDICT: Verdict = {
  verdict: "bad",
  reason: "web: http://127.0.0.1/ answered 500, not 200 to 299",
  roothash: "a".repeat(64),
  version: "42.1",
  bootId: "01234567-89ab-4def-8123-456789abcdef",
  at: 1_800_000_000,
  readBytes: 400 * 2 ** 20,
  checks: [
    {
      name: "slipway/boot",
      level: "required",
      outcome: "failed",
      tries: 3,
      milliseconds: 15_000,
      seen: "multi-user.target is activating",
      output: ["one", "two"],
    },
  ],
  failedUnits: [{ unit: "nginx.service", journal: ["bind() failed"] }],
};

describe("a verdict", () => {
  it("comes back from its file", () => {
    assert.deepEqual(valueOf(parseVerdictFile(bytesOf(encodeVerdict(VERDICT)))), VERDICT);
  });

  it("is read with members that a later agent adds", () => {
    const value: unknown = JSON.parse(encodeVerdict(VERDICT));
    assert.deepEqual(valueOf(decodeVerdict({ ...(value as object), mood: "grim" })), VERDICT);
  });

  const REFUSED: readonly (readonly [string, object, string])[] = [
    ["a newer schema", { schema: 2 }, "schema-too-new at schema"],
    ["another word", { verdict: "fine" }, "bad-shape at verdict"],
    ["no root hash", { roothash: "1" }, "bad-shape at roothash"],
    ["a reason of two lines", { reason: "a\nb" }, "bad-shape at reason"],
    [
      "lines without end",
      { failedUnits: [{ unit: "a", journal: Array.from({ length: 21 }, () => "") }] },
      "wrong-type at failedUnits.0.journal",
    ],
    ["a check that is none", { checks: [1] }, "wrong-type at checks.0"],
  ];
  for (const [what, fields, refusal] of REFUSED) {
    it(`is refused with ${what}`, () => {
      assert.equal(
        refusalsOf(decodeVerdict({ schema: 1, ...VERDICT, ...fields })).join(", "),
        refusal,
      );
    });
  }

  it("is refused where its file was cut", () => {
    const bytes = bytesOf(encodeVerdict(VERDICT));
    for (const length of [0, 1, bytes.length >> 1, bytes.length - 1])
      assert.equal(refusalsOf(parseVerdictFile(bytes.subarray(0, length))).join(), "not-json at ");
  });
});

describe("foreign text", () => {
  it("is kept line by line, the last ones, without control characters", () => {
    assert.deepEqual(lastLines("a\r\n\n  b\u001b[31m\u0007 \n"), ["a", "  b\uFFFD[31m\uFFFD"]);
    const many = lastLines(Array.from({ length: 100 }, (_, n) => `line ${n}`).join("\n"));
    assert.equal(many.length, MAX_LINES);
    assert.equal(many.at(-1), "line 99");
    assert.deepEqual(lastLines("a\nb\nc", 2), ["b", "c"]);
  });

  it("is cut where it is long, never within a character", () => {
    assert.equal(boundLine("x".repeat(MAX_LINE_LENGTH)), "x".repeat(MAX_LINE_LENGTH));
    const cut = boundLine("😀".repeat(MAX_LINE_LENGTH));
    assert.ok(cut.length <= MAX_LINE_LENGTH && cut.isWellFormed() && cut.endsWith("…"));
    const huge = lastLines(`${"y".repeat(10_000_000)}\n${"z".repeat(1_000_000)}`);
    assert.ok(huge.every((line) => line.length <= MAX_LINE_LENGTH));
  });
});
