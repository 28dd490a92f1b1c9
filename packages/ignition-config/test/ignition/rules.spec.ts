import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { decodeBase64 } from "../../src/ignition/go/base64.ts";
import { cleanPath, extension, joinPaths } from "../../src/ignition/go/path.ts";
import { goQuote } from "../../src/ignition/go/quote.ts";
import { readUnitFile } from "../../src/ignition/go/unit-file.ts";
import { parseGoUrl, queryValue } from "../../src/ignition/go/url.ts";
import { linkedPaths } from "../../src/ignition/rules/linked-paths.ts";
import { findOverlap } from "../../src/ignition/rules/partition-overlap.ts";
import { urlProblem } from "../../src/ignition/rules/url-rule.ts";

interface Partition {
  readonly startMiB?: number;
  readonly sizeMiB?: number;
}

/** The rule as it reads, in quadratic time. */
const slowOverlap = (partitions: readonly Partition[]): number | undefined => {
  const end = (start: number, size: number): number => (size === 0 ? start : start + size - 1);
  for (const [at, one] of partitions.entries()) {
    if (one.startMiB === undefined || one.sizeMiB === undefined || one.startMiB === 0) continue;
    const [start, last] = [one.startMiB, end(one.startMiB, one.sizeMiB)];
    const hit = partitions.findIndex((other, index) => {
      if (other.startMiB === undefined || other.sizeMiB === undefined) return false;
      if (index === at || other.startMiB === 0) return false;
      const [from, to] = [other.startMiB, end(other.startMiB, other.sizeMiB)];
      const isIn = (place: number): boolean => place >= from && place <= to;
      return isIn(start) || isIn(last) || (start < from && last > to);
    });
    if (hit >= 0) return hit;
  }
  return undefined;
};

describe("overlapping partitions", () => {
  it("are found as the rule reads", () => {
    const partition = fc.record(
      { startMiB: fc.integer({ min: -3, max: 60 }), sizeMiB: fc.integer({ min: -4, max: 12 }) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(partition, { maxLength: 12 }), (partitions) => {
        assert.equal(findOverlap(partitions), slowOverlap(partitions));
      }),
      { numRuns: 3000 },
    );
  });
});

describe("links that a path leads through", () => {
  it("are those whose path and a slash begin it", () => {
    const path = fc
      .array(fc.constantFrom("", "a", "b"), { maxLength: 5 })
      .map((parts) => parts.join("/"));
    fc.assert(
      fc.property(path, fc.array(path, { maxLength: 8 }), (one, links) => {
        const expected = links.filter((link) => one.startsWith(`${link}/`)).length;
        assert.equal(linkedPaths(links.map((link) => ({ path: link })))(one), expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a path", () => {
  it("is simplified as Go does it", () => {
    const pairs = [
      ["", "."],
      ["/", "/"],
      ["//", "/"],
      ["/a/", "/a"],
      ["/a/./b", "/a/b"],
      ["/a/../../b", "/b"],
      ["../a/..", ".."],
      ["a/../..", ".."],
      ["./a//b", "a/b"],
    ] as const;
    for (const [path, clean] of pairs) assert.equal(cleanPath(path), clean, path);
  });

  it("is joined from what is not empty", () => {
    assert.deepEqual(
      [joinPaths("", ""), joinPaths("", "a/"), joinPaths("/a", "")],
      ["", "a", "/a"],
    );
    assert.equal(joinPaths("/a/b", "../c"), "/a/c");
  });

  it("has an extension from its last dot, unless a slash follows", () => {
    const pairs = [
      ["a.b.c", ".c"],
      [".service", ".service"],
      ["a.b/c", ""],
      ["a.", "."],
      ["", ""],
    ] as const;
    for (const [path, end] of pairs) assert.equal(extension(path), end, path);
  });
});

describe("a URL", () => {
  it("is refused where Go refuses it", () => {
    const bad = [":a", "1:a", "http://a b/", "http://a:x", "http://[::1", "http://[::1]a/"];
    bad.push(
      "http://a/%z",
      "a#%",
      "http://a%41",
      "http://u[@a",
      "http://a|b",
      "a\u007f",
      "a:b/c".slice(1),
    );
    for (const url of bad) assert.equal(parseGoUrl(url), undefined, url);
    const good = [
      "",
      "*",
      "a",
      "/a:b",
      "HTTP://A",
      "http://a:",
      "http://[::1%25e]:8/",
      "http://\u00e9/",
    ];
    good.push(
      "http://[anything]/",
      "http://a[x]",
      "http://a#\u0001",
      "x:%",
      "http://u:p@a",
      "//a/b",
      "///a b",
    );
    for (const url of good) assert.notEqual(parseGoUrl(url), undefined, url);
  });

  it("has a scheme in lower case and what follows it", () => {
    assert.deepEqual(parseGoUrl("ARN:a:b?c=d#e"), {
      scheme: "arn",
      opaque: "a:b",
      rawQuery: "c=d",
    });
    assert.equal(queryValue("a=1&%61=2&b=%zz&b=3;&b=%34", "b"), "4");
    assert.equal(queryValue("a", "a"), "");
    assert.equal(queryValue("a=1", "b"), undefined);
  });

  it("has the schemes of its spec", () => {
    assert.equal(urlProblem("gs://a", 1), "invalid url scheme");
    assert.equal(urlProblem("gs://a", 2), undefined);
    assert.equal(urlProblem("arn:aws:s3:::a/b", 3), "invalid url scheme");
    assert.equal(urlProblem("arn:aws:s3:::a/b", 4), undefined);
    const arns = [
      "arn:aws:s3:::a",
      "arn:aws:ec2:::a/b",
      "arn:aws:s3:a/b",
      "arn:aws:s3:r:1:accesspoint/a",
    ];
    for (const arn of arns) assert.equal(urlProblem(arn, 4), "invalid S3 ARN format", arn);
    assert.equal(urlProblem("arn:aws:s3:::a/b?versionId=", 4), "invalid S3 object VersionId");
  });
});

describe("base64", () => {
  it("is decoded as it was encoded", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const decoded = decodeBase64(Buffer.from(bytes).toString("base64"));
        assert.ok("bytes" in decoded);
        assert.deepEqual([...decoded.bytes], [...bytes]);
      }),
    );
  });

  it("is refused where Go stops", () => {
    const faults = [
      ["YQ", 0],
      ["YWFhYQ", 4],
      ["YQ=", 3],
      ["YQ=Q", 2],
      ["Y===", 1],
      ["Y!==", 1],
      ["YQ==YQ==", 4],
      ["====", 0],
    ] as const;
    for (const [text, badAt] of faults) assert.deepEqual(decodeBase64(text), { badAt }, text);
  });
});

describe("a unit file", () => {
  it("has the sections that go-systemd finds, filled ones told apart", () => {
    const read = readUnitFile("junk\n[A]\n# c \\ \n[B]\nx=1\\\n[C]\n[D\n]\n;y\n");
    assert.ok("sections" in read);
    assert.deepEqual([read.sections, [...read.filled]], [["A", "D\n"], ["A"]]);
    const filled = readUnitFile("[A]\nx=1\\\n[C]\n[B]\n");
    assert.ok("sections" in filled);
    assert.deepEqual([filled.sections, [...filled.filled]], [["A", "B"], ["A"]]);
  });

  it("is refused with Go's words", () => {
    const faults = [
      ["[A", "unable to find end of section"],
      ['[A] b\u0007"', String.raw`found garbage after section name : "b\a\""`],
      ["[A]\nb\n", "unexpected newline encountered while parsing option name"],
      ["[A]\nb", "EOF"],
      [`[A]\nb=${"x".repeat(2048)}\n`, "line too long (max 2048 bytes)"],
    ] as const;
    for (const [text, problem] of faults) {
      const read = readUnitFile(text);
      assert.equal("problem" in read ? read.problem : "", problem, text);
    }
  });

  it("may have long lines where the reader's buffer does not show them", () => {
    // The line begins where less than the limit is left of the first 4096 bytes.
    const early = "[A]\n".padEnd(3000, "\n");
    assert.ok("sections" in readUnitFile(`${early}b=${"x".repeat(3000)}\n`));
    assert.ok("problem" in readUnitFile(`${early.slice(1500)}[A]\nb=${"x".repeat(3000)}\n`));
  });
});

describe("a quoted text", () => {
  it("escapes as Go does", () => {
    assert.equal(
      goQuote('a"\\\n\u0001\u007f\u00e9\u200b\u{e0001}'),
      String.raw`"a\"\\\n\x01\x7fé\u200b\U000e0001"`,
    );
  });
});
