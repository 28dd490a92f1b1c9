import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { isRefused } from "../../src/lint/finding.ts";
import { LINT_RULES } from "../../src/lint/lint-rules.ts";
import { elf, findings, lintOf } from "./a-tree.ts";
import { ACCESS_CASES } from "./access-cases.ts";
import type { Cases } from "./case.ts";
import { LEFTOVER_CASES, PROGRAM_CASES } from "./program-cases.ts";
import { WARNING_CASES } from "./warning-cases.ts";

const TABLES: readonly (readonly [Cases, string])[] = [
  [ACCESS_CASES, ""],
  [PROGRAM_CASES, ""],
  [LEFTOVER_CASES, ""],
  [WARNING_CASES, "?"],
];
describe("lint of a composed tree", () => {
  it("finds nothing wrong with a clean one", () => {
    const report = lintOf({});
    assert.deepEqual(findings(report), []);
    assert.equal(isRefused(report), false);
  });

  for (const [table, mark] of TABLES) {
    for (const [rule, cases] of Object.entries(table)) {
      for (const [what, changes, paths, policy] of cases) {
        it(`${rule} ${paths.length === 0 ? "passes" : "finds"}: ${what}`, () => {
          assert.deepEqual(
            findings(lintOf(changes, policy)).filter((one) => one.startsWith(`${rule}${mark} `)),
            paths.map((path) => `${rule}${mark} ${path}`),
          );
        });
      }
    }
  }

  it("has a rule with a reason for every id, and a test for every rule", () => {
    const ids = LINT_RULES.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const tested = new Set(TABLES.flatMap(([table]) => Object.keys(table)));
    assert.deepEqual(ids.toSorted(), [...tested].toSorted());
    assert.ok(LINT_RULES.every(({ why }) => why.length > 20));
  });

  it("tells what is wrong and what to do, in that order", () => {
    const [finding] = lintOf({ "/usr/bin/su": { mode: 0o4755 } }).findings;
    assert.deepEqual(finding, {
      rule: "set-id",
      severity: "error",
      path: "/usr/bin/su",
      message: "has the mode 4755 and is not declared",
      hint: "declare it if it is meant, else clear the set-id bits",
    });
  });

  it("says that it did not look at attributes nobody read", () => {
    const report = lintOf({}, { capabilities: [{ path: "/usr/bin/ping" }] }, false);
    assert.deepEqual(findings(report), []);
    assert.deepEqual(
      report.skipped.map(({ rule }) => rule),
      ["unexpected-xattr", "too-many-xattrs"],
    );
  });

  it("stays small when everything is wrong, and still refuses", () => {
    const many = Object.fromEntries(
      Array.from({ length: 250 }, (_, index) => [`/etc/a${index}`, { mode: 0o666 }]),
    );
    const report = lintOf(many);
    assert.equal(report.findings.length, 100);
    assert.deepEqual(report.omitted, { "world-writable": 150 });
    assert.ok(isRefused(report));
  });

  it("refuses for errors, not for warnings", () => {
    assert.equal(isRefused(lintOf({ "/usr/lib/systemd/system/a.service": "[Install]\n" })), false);
    assert.equal(isRefused(lintOf({ "/etc/a": { mode: 0o666 } })), true);
  });

  it("counts what it saw", () => {
    const { facts } = lintOf({ "/usr/lib/a.o": elf(247) });
    assert.deepEqual(facts.elfMachines, { "62": 1, "247": 1 });
    assert.ok(facts.entries > facts.files && facts.bytes > 0);
  });
});
