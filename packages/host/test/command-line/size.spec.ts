import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { formatPart, formatSize, parseSize } from "../../src/command-line/size.ts";

describe("sizes for people", () => {
  const CASES: readonly (readonly [number, string])[] = [
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [34_918, "34.1 KiB"],
    [1024 ** 2, "1.0 MiB"],
    [327_575_142, "312.4 MiB"],
    [5121 * 1024 ** 2, "5121.0 MiB"],
    [12.5 * 1024 ** 3, "12.5 GiB"],
  ];
  for (const [bytes, text] of CASES) {
    it(`writes ${bytes} as ${text}`, () => assert.equal(formatSize(bytes), text));
  }

  it("writes a part in the unit of the whole", () => {
    assert.equal(formatPart(1024 ** 2, 300 * 1024 ** 2), "1.0 of 300.0 MiB");
    assert.equal(formatPart(3, 10), "3 of 10 B");
    assert.equal(formatPart(0, 2048), "0.0 of 2.0 KiB");
  });
});

describe("sizes from people", () => {
  for (const [text, bytes] of [
    ["512M", 512 * 1024 ** 2],
    ["20G", 20 * 1024 ** 3],
    ["20GiB", 20 * 1024 ** 3],
    ["1T", 1024 ** 4],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parseSize(text), bytes));
  }
  for (const text of [
    "",
    "20",
    "G",
    "0G",
    "-1G",
    "1.5G",
    "20g",
    "20GB",
    "20 G",
    "1e3M",
    "99999999G",
  ]) {
    it(`does not guess about '${text}'`, () => assert.equal(parseSize(text), undefined));
  }
});
