import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { parseControl } from "../../src/packages/control.ts";
import { PackageError } from "../../src/packages/errors.ts";

const parse = (text: string): readonly (readonly [number, Record<string, string>])[] =>
  parseControl(text, "control").map(({ fields, line }) => [line, Object.fromEntries(fields)]);

describe("control file", () => {
  it("holds paragraphs of fields, their names in whatever case", () => {
    assert.deepEqual(parse("Package: a\nVersion:  1 \n\n\n \nPACKAGE: b\n"), [
      [1, { package: "a", version: "1" }],
      [6, { package: "b" }],
    ]);
  });

  it("keeps continuation lines as they are indented", () => {
    assert.deepEqual(parse("Description: short\n long\n .\n\tmore\n"), [
      [1, { description: "short\n long\n .\n\tmore" }],
    ]);
  });

  it("skips comments and does not mind carriage returns", () => {
    assert.deepEqual(parse("# one\r\nA: b\r\n# two\r\n c\r\n"), [[2, { a: "b\n c" }]]);
  });

  it("is empty when there is nothing in it", () => {
    assert.deepEqual(parse(""), []);
    assert.deepEqual(parse("\n\n"), []);
  });

  const MALFORMED: readonly (readonly [string, string, number])[] = [
    ["a continuation of nothing", " a\n", 1],
    ["a line that is no field", "A: b\nprose\n", 2],
    ["a field without a name", ": b\n", 1],
    ["a field given twice", "A: b\na: c\n", 2],
  ];
  for (const [what, text, line] of MALFORMED) {
    it(`refuses ${what}, and says in which line`, () => {
      assert.throws(
        () => parseControl(text, "/var/lib/dpkg/status"),
        (error) =>
          error instanceof PackageError &&
          error.code === "CONTROL_MALFORMED" &&
          error.line === line &&
          error.message.startsWith(`/var/lib/dpkg/status:${line}: `),
      );
    });
  }

  it("parses any text or refuses it by its own error", () => {
    const text = fc.array(fc.constantFrom("A: b", "a:", " c", "\t", "", "#", "x", ":"), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, (lines) => {
        try {
          parseControl(lines.join("\n"), "control");
        } catch (error) {
          assert.ok(error instanceof PackageError);
        }
      }),
      { numRuns: 200 },
    );
  });
});
