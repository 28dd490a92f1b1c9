import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { elfFacts } from "../../src/lint/elf.ts";
import { parseUnitFile, programOf, wordsOf } from "../../src/lint/unit-file.ts";

describe("unit file", () => {
  const settings = parseUnitFile(
    "# c\n[Unit]\nWants=a.service  b.service\n; c\n[Install]\nWantedBy=x.target \\\n# in between\n  y.target\nWantedBy = z.target\nbroken\n",
  );

  it("is sections of settings, comments and continuations taken in", () => {
    assert.deepEqual(settings, [
      { section: "Unit", key: "Wants", value: "a.service  b.service" },
      { section: "Install", key: "WantedBy", value: "x.target y.target" },
      { section: "Install", key: "WantedBy", value: "z.target" },
    ]);
  });

  it("adds up lists until an empty value clears them", () => {
    assert.deepEqual(wordsOf(settings, "Install", "WantedBy"), [
      "x.target",
      "y.target",
      "z.target",
    ]);
    const cleared = parseUnitFile("[Install]\nWantedBy=a.target\nWantedBy=\nWantedBy=b.target");
    assert.deepEqual(wordsOf(cleared, "Install", "WantedBy"), ["b.target"]);
  });

  for (const [line, program] of [
    ["/usr/bin/a --b", "/usr/bin/a"],
    ["-+!!/usr/bin/a", "/usr/bin/a"],
    ["@/usr/bin/a b c", "/usr/bin/a"],
    ['"/opt/my app/a" b', "/opt/my app/a"],
    ["a b", "a"],
    ["/usr/lib/%i/a", undefined],
    ["$PROGRAM", undefined],
    ["", undefined],
  ] as const) {
    it(`runs ${program ?? "nothing one could name"} for ${JSON.stringify(line)}`, () =>
      assert.equal(programOf(line), program));
  }
});

describe("ELF header", () => {
  const header = (...fields: readonly (readonly [number, number])[]): Uint8Array => {
    const bytes = new Uint8Array(20);
    bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
    bytes[18] = 62;
    for (const [offset, value] of fields) bytes[offset] = value;
    return bytes;
  };

  it("says for which machine, in either byte order", () => {
    assert.deepEqual(elfFacts(header()), { bits: 64, byteOrder: "little", machine: 62 });
    assert.deepEqual(elfFacts(header([4, 1], [5, 2], [18, 0], [19, 8])), {
      bits: 32,
      byteOrder: "big",
      machine: 8,
    });
  });

  it("is none without its magic, its end or sense", () => {
    assert.equal(elfFacts(header([0, 0])), undefined);
    assert.equal(elfFacts(header().subarray(0, 19)), undefined);
    assert.equal(elfFacts(header([4, 3])), undefined);
    assert.equal(elfFacts(header([5, 0])), undefined);
    assert.equal(elfFacts(new Uint8Array()), undefined);
  });
});
