import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { paddingAfter, tarHeader } from "../../src/repository/tar-entry.ts";
import { digest } from "./support/published.ts";

const field = (header: Uint8Array, at: number, width: number): string =>
  (
    Buffer.from(header)
      .toString("latin1", at, at + width)
      .split("\0", 1)[0] ?? ""
  ).trim();

describe("a header of an archive", () => {
  it("is one block of ustar, of nobody and no time", () => {
    const header = tarHeader("metadata/timestamp.json", 512);
    assert.equal(header.length, 512);
    assert.deepEqual(
      [field(header, 0, 100), field(header, 124, 12), field(header, 156, 1), field(header, 257, 6)],
      ["metadata/timestamp.json", "00000001000", "0", "ustar"],
    );
    assert.deepEqual([field(header, 108, 8), field(header, 136, 12)], ["0000000", "00000000000"]);
    const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
    assert.equal(Number.parseInt(field(header, 148, 8), 8), sum);
  });

  it("splits a long name at a slash", () => {
    const path = `targets/releases/${"i".repeat(63)}/1.2/${digest("a")}.x86_64.json`;
    const header = tarHeader(path, 1);
    assert.equal(header.length, 512);
    assert.equal(`${field(header, 345, 155)}/${field(header, 0, 100)}`, path);
  });

  it("says in a record before it what does not fit", () => {
    const path = `targets/releases/${"i".repeat(63)}/${"9".repeat(64)}/${"x".repeat(120)}.json`;
    const header = tarHeader(path, 8 ** 11);
    assert.equal(header.length, 3 * 512);
    assert.equal(field(header, 156, 1), "x");
    const records = Buffer.from(header).toString("latin1", 512, 1024);
    const [, length] = /^(\d+) path=/.exec(records) ?? [];
    assert.equal(records.slice(0, Number(length)), `${length} path=${path}\n`);
    assert.match(records.slice(Number(length)), /^19 size=8589934592\n\0/);
    assert.equal(field(header.subarray(1024), 156, 1), "0");
  });

  it("is of plain names only", () => {
    assert.throws(() => tarHeader("ä", 1), RangeError);
    assert.throws(() => tarHeader("a\nb", 1), RangeError);
  });

  it("is followed by whole blocks", () => {
    assert.deepEqual([0, 1, 511, 512, 513].map(paddingAfter), [0, 511, 1, 0, 511]);
  });
});
