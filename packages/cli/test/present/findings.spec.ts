import assert from "node:assert/strict";
import { type Finding, formatPath, renderFinding } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { countFindings, findingsDocument, presentReport } from "../../src/present/findings.ts";
import { noPaint, terminalPaint } from "@slipway/host/command-line";

const aFinding = (changes: Partial<Finding> = {}): Finding => ({
  level: "error",
  rule: "unknown-key",
  message: 'unknown key "pakages"',
  path: ["image", "debian", "pakages"],
  ...changes,
});

const RANGE = {
  file: "a.yaml",
  start: { line: 1, column: 1, offset: 0 },
  end: { line: 1, column: 8, offset: 7 },
};

describe("findings for people", () => {
  const texts = new Map([["a.yaml", "pakages: []"]]);

  it("show the line they are about", () => {
    const [text = ""] = presentReport([aFinding({ range: RANGE })], texts, renderFinding, noPaint);
    assert.match(
      text,
      /^a\.yaml:1:1: error\[unknown-key\]: unknown key "pakages"\n.*pakages: \[\]\n.*\^{7}$/s,
    );
  });

  it("are shown without a line when there is none", () => {
    assert.deepEqual(presentReport([aFinding()], texts, renderFinding, noPaint), [
      'error[unknown-key]: unknown key "pakages"',
    ]);
  });

  it("colour only what they are", () => {
    const warning = aFinding({ level: "warning", message: "warning[unknown-key] $& $1" });
    assert.deepEqual(presentReport([warning], texts, renderFinding, terminalPaint), [
      "\u001b[33mwarning[unknown-key]\u001b[39m: warning[unknown-key] $& $1",
    ]);
  });

  it("cannot write to the terminal themselves", () => {
    const [text] = presentReport(
      [aFinding({ message: "a\u001b[2Jb" })],
      texts,
      renderFinding,
      noPaint,
    );
    assert.equal(text, "error[unknown-key]: ab");
  });
});

describe("counting findings", () => {
  it("names each level there is, the worst first", () => {
    const warning = aFinding({ level: "warning" });
    assert.equal(countFindings([]), "no findings");
    assert.equal(countFindings([aFinding()]), "1 error");
    assert.equal(
      countFindings([warning, aFinding(), aFinding(), aFinding({ level: "info" })]),
      "2 errors, 1 warning, 1 info",
    );
  });
});

describe("findings for programs", () => {
  it("name path and place, and whether all is well", () => {
    const files = [
      {
        file: "a.yaml",
        valid: false,
        findings: [aFinding({ range: RANGE, hint: "write packages" })],
      },
      { file: "b.yaml", valid: true, findings: [] },
    ];
    assert.deepEqual(findingsDocument(files, formatPath), {
      valid: false,
      files: [
        {
          file: "a.yaml",
          valid: false,
          findings: [
            {
              level: "error",
              rule: "unknown-key",
              message: 'unknown key "pakages"',
              hint: "write packages",
              path: "image.debian.pakages",
              range: RANGE,
            },
          ],
        },
        { file: "b.yaml", valid: true, findings: [] },
      ],
    });
  });
});
