import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  formatSubordinateIds,
  parseSubordinateIds,
  withSubordinateIds,
} from "../../src/accounts/subordinate-ids.ts";

const RANGE = { first: 100_000, last: 600_100_000, count: 65_536 };
const give = (text: string, owner: string, range = RANGE): string =>
  formatSubordinateIds(
    withSubordinateIds(parseSubordinateIds(text, "/etc/subuid").entries, owner, range),
  );

describe("subordinate ids", () => {
  it("start where the range does and go on where the last one ends", () => {
    assert.equal(give("", "a"), "a:100000:65536\n");
    assert.equal(give("a:100000:65536\n", "b"), "a:100000:65536\nb:165536:65536\n");
  });
  it("fill the lowest gap that is wide enough", () => {
    const before = "c:231072:65536\na:100000:65536\n";
    assert.equal(give(before, "b"), `${before}b:165536:65536\n`);
    const narrow = "a:100000:65536\nc:200000:65536\n";
    assert.equal(give(narrow, "b"), `${narrow}b:265536:65536\n`);
  });
  it("are given once, and not at all where none are left or wanted", () => {
    assert.equal(give("a:100000:65536\n", "a"), "a:100000:65536\n");
    assert.equal(give("", "a", { ...RANGE, count: 0 }), "");
    assert.equal(give("", "a", { ...RANGE, last: 165_534 }), "");
    assert.equal(give("", "a", { ...RANGE, last: 165_535 }), "a:100000:65536\n");
  });
  it("name the line that cannot be read", () => {
    const { problems } = parseSubordinateIds("a:1:1\nb:x:1\n", "/etc/subuid");
    assert.deepEqual(problems, [{ file: "/etc/subuid", line: 2, message: "has no range of ids" }]);
  });
});
