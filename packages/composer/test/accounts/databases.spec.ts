import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { formatDatabases, parseDatabases } from "../../src/accounts/databases.ts";
import { isAccountName } from "../../src/accounts/lines.ts";
import { anyDatabases } from "./items.ts";

describe("account databases", () => {
  it("come back from their text as they were", () => {
    fc.assert(
      fc.property(anyDatabases, (databases) => {
        const read = parseDatabases(formatDatabases(databases));
        assert.deepEqual(read.problems, []);
        assert.deepEqual(read.databases, databases);
      }),
    );
  });

  it("never throw, whatever the text", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (passwd, shadow) => {
        const { problems } = parseDatabases({ passwd, shadow });
        assert.ok(problems.every(({ message }) => message !== ""));
      }),
    );
  });

  const WRONG: readonly (readonly [what: string, text: string, line: number, message: RegExp])[] = [
    ["a field too few", "root:x:0:0:root:/root\n", 1, /6 fields, not 7/],
    ["an empty line", "root:x:0:0::/:/bin/sh\n\n", 2, /empty/],
    ["no name", ":x:0:0::/:/bin/sh\n", 1, /"" is no user name/],
    ["NIS", "+::::::\n", 1, /"\+" is no user name/],
    ["a name of digits", "12:x:0:0::/:/bin/sh\n", 1, /no user name/],
    ["a path for a name", "../x:x:0:0::/:/bin/sh\n", 1, /no user name/],
    ["a negative id", "a:x:-1:0::/:/bin/sh\n", 1, /"-1" is no user id/],
    ["an octal id", "a:x:010:0::/:/bin/sh\n", 1, /no user id/],
    ["the id that means none", "a:x:4294967295:0::/:/bin/sh\n", 1, /no user id/],
    ["a relative home", "a:x:1:1::home:/bin/sh\n", 1, /not absolute/],
    ["a carriage return", "a:x:1:1::/:/bin/sh\r\n", 1, /control character/],
    ["a name twice", "a:x:1:1::/:/bin/sh\na:x:2:2::/:/bin/sh\n", 0, /two entries for "a"/],
  ];
  for (const [what, passwd, line, message] of WRONG) {
    it(`refuse ${what}, naming the line`, () => {
      const { problems } = parseDatabases({ passwd });
      assert.equal(problems.length, 1);
      assert.equal(problems[0]?.file, "/etc/passwd");
      assert.equal(problems[0].line, line);
      assert.match(problems[0].message, message);
    });
  }

  it("are bounded", () => {
    const long = "x".repeat(5 * 1024 * 1024);
    assert.match(parseDatabases({ passwd: long }).problems[0]?.message ?? "", /4 MiB/);
    const many = "\n".repeat(70_000);
    assert.match(parseDatabases({ group: many }).problems[0]?.message ?? "", /lines/);
  });

  it("tolerate the same gshadow line twice, as distributions ship it, and nothing else", () => {
    assert.deepEqual(parseDatabases({ gshadow: "sudo:*::\nsudo:*::\n" }).problems, []);
    assert.equal(parseDatabases({ gshadow: "sudo:*::\nsudo:!::\n" }).problems.length, 1);
  });
});

describe("account names", () => {
  it("are those that shadow's tools take", () => {
    for (const good of [
      "root",
      "_apt",
      "systemd-network",
      "Debian-exim",
      "machine$",
      "a.b",
      "0a",
    ]) {
      assert.ok(isAccountName(good), good);
    }
    for (const bad of ["", "-a", "a:b", "a b", "a/b", "..", ".", "1", "é", "a\n", "a$b", "a,b"]) {
      assert.ok(!isAccountName(bad), bad);
    }
  });
});
