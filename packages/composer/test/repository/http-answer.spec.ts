import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  answerFor,
  cacheControl,
  parseRange,
  pathOfTarget,
} from "../../src/repository/http-answer.ts";
import { digest } from "./support/published.ts";

const FACTS = { size: 100, etag: '"a-64"' };

const asked = (headers: Record<string, string>, method = "GET") =>
  answerFor({ method, headers }, FACTS);

describe("a range of a file", () => {
  for (const [text, range] of [
    ["bytes=0-0", { first: 0, last: 0 }],
    ["bytes=10-19", { first: 10, last: 19 }],
    ["bytes=90-", { first: 90, last: 99 }],
    ["bytes=90-1000", { first: 90, last: 99 }],
    ["bytes=-5", { first: 95, last: 99 }],
    ["bytes=-500", { first: 0, last: 99 }],
    ["bytes=100-", "unsatisfiable"],
    ["bytes=-0", "unsatisfiable"],
    ["bytes=19-10", undefined],
    ["bytes=-", undefined],
    ["bytes=0-1,5-6", undefined],
    ["bits=0-1", undefined],
    [`bytes=${"9".repeat(16)}-`, undefined],
    ["bytes=0x1-2", undefined],
  ] as const)
    it(`${text} is ${JSON.stringify(range) ?? "none: the whole file answers it"}`, () => {
      assert.deepEqual(parseRange(text, 100), range);
    });

  it("is of no use for an empty file", () => {
    assert.equal(parseRange("bytes=0-", 0), "unsatisfiable");
  });
});

describe("an answer", () => {
  it("is the range, when the file is still the one that the client has", () => {
    const range = { first: 0, last: 9 };
    assert.deepEqual(asked({ range: "bytes=0-9" }), { status: 206, range });
    assert.deepEqual(asked({ range: "bytes=0-9", "if-range": FACTS.etag }), { status: 206, range });
    assert.deepEqual(asked({ range: "bytes=0-9", "if-range": '"other"' }), { status: 200 });
    assert.deepEqual(asked({ range: "bytes=0-9" }, "HEAD"), { status: 200 });
    assert.deepEqual(asked({ range: "bytes=100-" }), { status: 416 });
  });

  it("is short for a client that has the file", () => {
    for (const tag of [FACTS.etag, `W/${FACTS.etag}`, `"x", ${FACTS.etag}`, "*"])
      assert.deepEqual(asked({ "if-none-match": tag }), { status: 304 });
    assert.deepEqual(asked({ "if-none-match": '"x"' }), { status: 200 });
  });

  it("may be kept for good, but for the timestamp", () => {
    assert.equal(cacheControl("metadata/timestamp.json"), "no-cache");
    assert.match(cacheControl("metadata/3.snapshot.json"), /immutable/);
  });
});

describe("a request's target", () => {
  it("means a file of the repository", () => {
    for (const path of [
      "metadata/timestamp.json",
      `blobs/aa/${digest("a")}`,
      `targets/releases/base/1.2~rc^1/${digest("b")}.x86_64.json`,
    ]) {
      assert.equal(pathOfTarget(`/${path}`), path);
      assert.equal(pathOfTarget(encodeURI(`/${path}`)), path);
    }
  });

  for (const target of [
    "/",
    "/metadata",
    "/metadata/",
    "/metadata//timestamp.json",
    "/metadata/../blobs/x",
    "/metadata/%2e%2e/timestamp.json",
    "/metadata/..%2f..%2fetc/passwd",
    "/metadata/a%00b",
    "/metadata/.hidden",
    "/.slipway/lock",
    "/%2eslipway/lock",
    "//metadata/timestamp.json",
    "/metadata/timestamp.json?x=1",
    "/metadata/%zz",
    "metadata/timestamp.json",
    "http://elsewhere/metadata/timestamp.json",
    "*",
    `/blobs/${"a".repeat(2000)}`,
  ])
    it(`means nothing as ${JSON.stringify(target.slice(0, 60))}`, () => {
      assert.equal(pathOfTarget(target), undefined);
    });
});
