import assert from "node:assert/strict";
import { translateButane } from "@slipway/ignition-config";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { YAML_PIECES } from "../support/yaml-pieces.ts";
import { fcos, translate } from "./butane.ts";

const repeat = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join("");

/** Pieces that documents are made of, so that random ones get past the first character. */
const PIECES = [
  ...["variant: fcos\n", "version: 1.5.0\n", "storage:\n", "  files:\n", "    - path: /a\n"],
  ...["      mode: 0644\n", "      contents: {inline: ", "boot_device: {luks: {tpm2: true}}\n"],
  ...[
    "systemd: {units: [",
    "  filesystems: [{device: /a, with_mount_unit: yes",
    "local: x",
    "trees: [{",
  ],
  ...YAML_PIECES,
];

const piecemeal = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 60 })
  .map((parts) => `variant: fcos\nversion: 1.5.0\n${parts.join("")}`);

describe("hostile documents", function () {
  this.timeout(60_000);

  const HOSTILE: readonly (readonly [string, string, RegExp])[] = [
    [
      "aliases of aliases",
      `a0: &a0 [{path: /a}]\n${repeat(40, (index) => `a${index + 1}: &a${index + 1} [${Array(10).fill(`*a${index}`).join(",")}]\n`)}storage: {files: *a40}\n`,
      /cannot unmarshal|excessive aliasing/,
    ],
    [
      "one alias in thousands of places",
      `x: &x [${"{path: /a},".repeat(3000)}]\nstorage: {files: *x, directories: *x, links: *x}\n`,
      /excessive aliasing/,
    ],
    ["an alias within itself", "storage: {files: &x [*x]}\n", /cannot unmarshal|contains itself/],
    [
      "a merge of itself",
      "storage: {files: [&x {<<: *x}]}\n",
      /contains itself|excessive aliasing/,
    ],
    [
      "merges of merges",
      `m0: &m0 {path: /a}\n${repeat(200, (index) => `m${index + 1}: &m${index + 1} {<<: [*m${index}, *m${index}]}\n`)}storage: {files: [{<<: *m200}]}\n`,
      /excessive aliasing/,
    ],
    ["nested brackets", `x: ${"[".repeat(100_000)}`, /nesting exceeded/],
    [
      "nested blocks",
      `x:\n${repeat(2000, (index) => `${" ".repeat(index + 1)}a:\n`)}`,
      /nesting exceeded/,
    ],
    ["a NUL", "x: \0\n", /NUL/],
    [
      "a number of a million digits",
      `storage: {files: [{path: /a, mode: ${"9".repeat(1e6)}}]}\n`,
      /into an integer/,
    ],
    ["50 000 equal keys", `storage: {${"files: [],".repeat(50_000)}}\n`, /already defined/],
    [
      "brackets that close too early, again and again",
      `x:\n${repeat(5000, (index) => `  a${index}: {\n  } # c\n`)}`,
      /deficient/,
    ],
  ];

  for (const [what, body, expected] of HOSTILE) {
    it(`are refused: ${what}`, async () => {
      const { failure, config } = await translate(fcos(body));
      assert.equal(config, undefined);
      assert.match(failure ?? "", expected);
    });
  }

  it("are refused where they are no UTF-8, and read where they are UTF-16", async () => {
    const bad = await translateButane(
      Uint8Array.of(...new TextEncoder().encode(fcos("x: ")), 0xff),
    );
    assert.match(bad.failure ?? "", /0xff does not continue UTF-8/);
    const utf16 = Buffer.from(`\ufeff${fcos("foo: é\n")}`, "utf16le");
    const good = await translateButane(utf16);
    assert.deepEqual(
      good.report.map(({ place }) => place),
      [{ line: 3, col: 1 }],
    );
  });

  it("take time in proportion: ten thousand files, each with a warning, on one line", async () => {
    const file = (index: number): string => `{path: "/é${index}", foo: 1, contents: {inline: x}},`;
    const result = await translate(fcos(`storage: {files: [${repeat(10_000, file)}]}\n`));
    assert.equal(result.failure, undefined);
    assert.equal(result.report.length, 10_000);
  });

  it("never make it throw, and a config comes with no error", async () => {
    await fc.assert(
      fc.asyncProperty(piecemeal, async (text) => {
        const { config, failure, report, placeOf } = await translate(text);
        assert.equal(config === undefined, failure !== undefined);
        const hasError = report.some(({ kind }) => kind === "error");
        assert.ok(config === undefined || !hasError);
        const lines = text.split(/\r\n|[\r\n\u0085]/).length;
        for (const { place } of report) {
          assert.ok(
            place !== undefined && place.line >= 1 && place.line <= lines && place.col >= 1,
          );
        }
        placeOf(["storage", "files", 0, "path"]);
      }),
      { numRuns: 1000 },
    );
  });

  it("of random bytes never make it throw", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const { config } = await translateButane(bytes);
        assert.equal(config, undefined);
      }),
      { numRuns: 300 },
    );
  });
});
