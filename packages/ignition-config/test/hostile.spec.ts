import assert from "node:assert/strict";
import { loadDefinition, MAX_DOCUMENT_BYTES, renderFinding } from "@slipway/ignition-config";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { HEAD, load, memoryIo } from "./support/load.ts";
import { ownWorkUntil } from "./support/own-work.ts";
import { YAML_PIECES } from "./support/yaml-pieces.ts";

/** Pieces that documents are made of, so that random ones get past the first character. */
const PIECES = [
  ...["variant: slipway\n", "version: 1.0.0\n", "image:\n", "  name: a\n", "  version: 1\n"],
  ...[
    "storage:\n",
    "  files:\n",
    "    - path: /a\n",
    "      mode: 0644\n",
    "      contents: {inline: ",
  ],
  ...["include: [main.yaml]\n", "systemd: {units: [", "passwd: "],
  ...YAML_PIECES,
];

const piecemeal = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 60 })
  .map((parts) => parts.join(""));

const check = async (content: string | Uint8Array): Promise<void> => {
  const { report, definition, texts } = await load(content);
  assert.equal(
    definition === undefined,
    report.findings.some(({ level }) => level === "error"),
  );
  for (const finding of report.findings) {
    const { range } = finding;
    assert.ok(renderFinding(finding, texts.get("main.yaml")).length > 0);
    if (range === undefined) continue;
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const { start, end } = range;
    assert.ok(start.offset >= 0 && start.offset <= end.offset && end.offset <= bytes.length + 1);
    assert.ok(start.line >= 1 && start.column >= 1);
    assert.ok(end.line > start.line || end.column >= start.column);
    // Line and column lead to the offset: count the bytes of the lines before.
    const before = bytes.subarray(0, start.offset);
    assert.equal(start.line, before.filter((byte) => byte === 0x0a).length + 1);
    const mark =
      start.line === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    assert.equal(start.column, before.length - before.lastIndexOf(0x0a) - mark);
  }
};

describe("any input", () => {
  it("ends in a report with positions inside the text", async () => {
    await fc.assert(fc.asyncProperty(piecemeal, check), { numRuns: 400 });
  });

  it("ends in a report after a good beginning", async () => {
    await fc.assert(
      fc.asyncProperty(piecemeal, async (text) => check(HEAD + text)),
      { numRuns: 300 },
    );
  });

  it("ends in a report whatever the bytes", async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), check), { numRuns: 300 });
  });

  it("that is JSON ends in a report", async () => {
    const json = fc
      .json()
      .map((text) => `{"variant": "slipway", "version": "1.0.0", "storage": ${text}}`);
    await fc.assert(fc.asyncProperty(json, check), { numRuns: 200 });
  });
});

/** Enough that a document of it would take for ever if anything were quadratic in it. */
const SIZE = MAX_DOCUMENT_BYTES / 16;
const fill = (piece: string): string => piece.repeat(Math.floor(SIZE / piece.length));
const SLOW: readonly (readonly [string, string])[] = [
  ["one long line of items", `${HEAD}kernel_arguments: { should_exist: [${fill("é,")}] }\n`],
  ["one key many times", HEAD + fill("a: 1\n")],
  [
    "many unknown keys",
    HEAD + Array.from({ length: 20_000 }, (_, index) => `kee${index}: v\n`).join(""),
  ],
  ["many broken items", `${HEAD}systemd:\n  units:\n${fill("   - {}\n")}`],
  ["one name of a package", `${HEAD}kernel_arguments: { should_exist: ["${fill("a")} "] }\n`],
  ["one path of dots", `${HEAD}storage: { files: [{ path: ${fill("/.")} }] }\n`],
  [
    "deep paths",
    `${HEAD}storage: { files: [${Array.from({ length: 100 }, (_, index) => `{ path: ${"/a".repeat(2000)}/${index} }`).join(",")}] }\n`,
  ],
  [
    "comments continued in a unit",
    `${HEAD}systemd: { units: [{ name: a.service, contents: "[S]\\n${fill("#\\\\\\n")}" }] }\n`,
  ],
  [
    "brackets in a unit",
    `${HEAD}systemd: { units: [{ name: a.service, contents: "${fill("[")}" }] }\n`,
  ],
  [
    "key types without keys",
    `${HEAD}passwd: { users: [{ name: a, ssh_authorized_keys: ["${fill("ssh-a ")}"] }] }\n`,
  ],
  ["open brackets", fill("[")],
  ["question marks", fill("? ")],
  ["anchors", fill("&a ")],
  ["blank lines", `${fill("\n")}a: 1`],
];

describe("a huge document", () => {
  for (const [what, text] of SLOW) {
    it(`takes time in proportion: ${what}`, async () => {
      const took = await ownWorkUntil(async () => {
        const { report } = await load(text);
        assert.ok(report.findings.length <= 201);
      });
      assert.ok(took < 1000, `${Math.round(took)} ms`);
    });
  }

  it("of 50 MB is refused by its length", async () => {
    const io = {
      ...memoryIo({}),
      read: async (_path: string, limitBytes: number) => {
        assert.equal(limitBytes, MAX_DOCUMENT_BYTES);
        return { ok: true, bytes: new Uint8Array(50_000_000) } as const;
      },
    };
    const { report } = await loadDefinition("main.yaml", io);
    assert.deepEqual(
      report.findings.map(({ rule }) => rule),
      ["too-large"],
    );
  });

  it("with more findings than anybody reads says how many are left", async () => {
    const { report, definition } = await load(
      HEAD + Array.from({ length: 300 }, (_, index) => `kee${index}: v\n`).join(""),
    );
    assert.equal(definition, undefined);
    assert.deepEqual(report.findings.at(-1), {
      level: "error",
      rule: "too-many-findings",
      message: "100 more findings are not shown",
      path: [],
    });
    assert.equal(report.findings.length, 201);
  });
});
