import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readCopyright } from "../../src/packages/copyright.ts";

const HEADER = "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n";

/** The expression for a file with these licences, LicenseRefs without their digest. */
const expression = (...licences: readonly string[]): string =>
  readCopyright(
    HEADER +
      licences.map((licence) => `\nFiles: *\nCopyright: someone\nLicense: ${licence}\n`).join(""),
  ).expression.replace(/-[0-9a-f]{12}\b/g, "");

describe("licences of a Debian copyright file", () => {
  const NAMES: readonly (readonly [string, string])[] = [
    ["GPL-2", "GPL-2.0-only"],
    ["GPL-2+", "GPL-2.0-or-later"],
    ["gpl-2.0+", "GPL-2.0-or-later"],
    ["GPL-3.0-only", "GPL-3.0-only"],
    ["LGPL-2.1+", "LGPL-2.1-or-later"],
    ["GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later"],
    ["Expat", "MIT"],
    ["BSD-3-clause", "BSD-3-Clause"],
    ["Apache-2", "Apache-2.0"],
    ["CC0-1.0", "CC0-1.0"],
    ["Zope-2.1", "ZPL-2.1"],
    ["GPL-2 with Linux-syscall-note exception", "GPL-2.0-only WITH Linux-syscall-note"],
  ];
  for (const [debian, spdx] of NAMES) {
    it(`${debian} is ${spdx}`, () => assert.equal(expression(debian), spdx));
  }

  // Debian's names that stand for more than one text, or for none SPDX has.
  for (const name of ["MIT", "BSD", "Artistic", "GPL", "LGPL", "public-domain", "LGPL-3.1"]) {
    it(`${name} is no licence of SPDX's list`, () =>
      assert.equal(expression(name), `LicenseRef-${name}`));
  }

  it("translates choices, and lets a comma bind least", () => {
    assert.equal(expression("GPL-1+ or Expat"), "GPL-1.0-or-later OR MIT");
    assert.equal(expression("GPL-2 or Expat and ISC"), "GPL-2.0-only OR MIT AND ISC");
    assert.equal(expression("GPL-2 or Expat, and ISC"), "(GPL-2.0-only OR MIT) AND ISC");
  });

  it("joins what all the files say, each once, in order", () => {
    assert.equal(
      expression("ISC", "GPL-2+", "ISC and Zlib", "GPL-2+ or Expat", "ISC"),
      "GPL-2.0-or-later AND (GPL-2.0-or-later OR MIT) AND ISC AND Zlib",
    );
  });

  it("takes what it cannot parse for one name", () => {
    assert.equal(expression("GPL 2 or later"), "LicenseRef-GPL-2-or-later");
    assert.equal(
      expression("GPL-3+ with Bison exception"),
      "LicenseRef-GPL-3-with-Bison-exception",
    );
  });

  it("gives the text of what SPDX does not know", () => {
    const statement = readCopyright(
      `${HEADER}\nFiles: *\nLicense: Odd\n\nLicense: odd\n First line.\n .\n   Indented.\n`,
    );
    assert.equal(statement.extracted.length, 1);
    assert.deepEqual(statement.extracted[0]?.name, "Odd");
    assert.deepEqual(statement.extracted[0]?.text, "First line.\n\n  Indented.");
    assert.equal(statement.expression, statement.extracted[0]?.id);
  });

  it("says so where Debian gives no text", () => {
    const [odd] = readCopyright(`${HEADER}\nFiles: *\nLicense: Odd\n`).extracted;
    assert.match(odd?.text ?? "", /"Odd" and gives no text/);
  });

  it("tells two texts of one name apart, and not where they came from", () => {
    const of = (text: string) =>
      readCopyright(`${HEADER}\nFiles: *\nLicense: Odd\n ${text}\n`).expression;
    assert.equal(of("one"), of("one"));
    assert.notEqual(of("one"), of("two"));
  });

  it("takes the header's licence where no paragraph speaks of files", () => {
    assert.equal(readCopyright(`${HEADER}License: ISC\n`).expression, "ISC");
  });

  for (const [what, text] of [
    ["prose", "This package was debianized by someone\non Sat.\n\nIt is free.\n"],
    ["nothing", ""],
    ["another format", "Format: https://example.org/\n\nFiles: *\nLicense: ISC\n"],
    ["no licence at all", `${HEADER}\nFiles: *\nCopyright: someone\n`],
    ["a broken file", `${HEADER}\nFiles: *\nLicense: ISC\nprose\n`],
  ] as const) {
    it(`states nothing: ${what}`, () =>
      assert.deepEqual(readCopyright(text), { expression: "NOASSERTION", extracted: [] }));
  }
});
