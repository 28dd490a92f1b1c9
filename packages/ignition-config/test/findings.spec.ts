import assert from "node:assert/strict";
import { isFatal, renderFinding, RULES } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import type { BadCase } from "./cases/bad-case.ts";
import { BAD_HEALTH } from "./cases/bad-health.ts";
import { BAD_IMAGES } from "./cases/bad-image.ts";
import { BAD_PASSWD, BAD_REST, BAD_SYSTEMD } from "./cases/bad-rest.ts";
import { LINTS } from "./cases/lints.ts";
import { BAD_STORAGE } from "./cases/bad-storage.ts";
import { BAD_TEXTS } from "./cases/bad-texts.ts";
import { briefly, HEAD, load, PART } from "./support/load.ts";

const TABLES: readonly (readonly [string, string, readonly BadCase[]])[] = [
  ["the image block", PART, BAD_IMAGES],
  ["health checks", PART, BAD_HEALTH],
  ["storage", HEAD, BAD_STORAGE],
  ["systemd", HEAD, BAD_SYSTEMD],
  ["passwd", HEAD, BAD_PASSWD],
  ["everything else", HEAD, BAD_REST],
  ["texts", "", BAD_TEXTS],
  ["what is valid and hardly meant", HEAD, LINTS],
];

const seen = new Set<string>();

for (const [subject, head, cases] of TABLES) {
  describe(`findings in ${subject}`, () => {
    for (const { what, text, findings, says = [] } of cases) {
      it(`reports ${what}`, async () => {
        const loaded = await load(head + text);
        assert.deepEqual(briefly(loaded), findings);
        for (const { rule } of loaded.report.findings) seen.add(rule);
        const shown = loaded.report.findings.map((one) => renderFinding(one)).join("\n");
        for (const part of says) assert.ok(shown.includes(part), `no ${part} in\n${shown}`);
        assert.equal(loaded.definition === undefined, isFatal(loaded.report));
      });
    }
  });
}

describe("findings", () => {
  it("say what to do, and never the password", async () => {
    const loaded = await load(`${HEAD}passwd: { users: [{ name: a, password_hash: hunter2 }] }`);
    assert.ok(!JSON.stringify(loaded.report).includes("hunter2"));
    for (const [, head, cases] of TABLES) {
      for (const { text } of cases) {
        const { report } = await load(head + text);
        for (const finding of report.findings) assert.ok(finding.hint, JSON.stringify(finding));
      }
    }
  });

  it("hold the path in the document", async () => {
    const { report } = await load(
      `${HEAD}storage:\n  files: [{ path: /a }, { path: b, user: { id: x } }]`,
    );
    assert.deepEqual(
      report.findings.map(({ path }) => path),
      [
        ["storage", "files", 1, "path"],
        ["storage", "files", 1, "user", "id"],
      ],
    );
  });

  it("are of every rule that a single document can break", () => {
    const elsewhere = [
      "include-cycle",
      "include-depth",
      "too-many-documents",
      "unreadable-file",
      "too-large",
      "too-many-findings",
      "not-utf8",
      "missing-variable",
      "butane",
      "ignition",
      "ignition-merge",
      "tree-conflict",
      "ignition-settings",
      "first-boot",
      "first-boot-contents",
      "no-image",
      "secret-name",
      "secret-place",
      "secret-use",
      "unknown-secret",
      "unused-secret",
      "unknown-variable",
      "unused-variable",
      "variable-name",
      "variable-reference",
      "variable-type",
      "variable-value",
    ];
    const missing = Object.keys(RULES).filter(
      (rule) => !seen.has(rule) && !elsewhere.includes(rule),
    );
    assert.deepEqual(missing, []);
  });
});
