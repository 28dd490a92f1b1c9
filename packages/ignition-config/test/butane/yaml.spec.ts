import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { characterPositions } from "../../src/text/character-position.ts";
import { composeRaw } from "../../src/yaml/compose-raw.ts";
import type { RawNode } from "../../src/yaml/raw-node.ts";
import { resolveScalar } from "../../src/yaml/resolve-scalar.ts";
import { configOf, fcos, translate } from "./butane.ts";

/** `LINE:COLUMN` of every scalar, by its path. */
const places = (text: string): Record<string, string> => {
  const document = composeRaw(text);
  assert.ok(document.ok && document.root !== undefined);
  const positionOf = characterPositions(text);
  const found: Record<string, string> = {};
  const visit = (node: RawNode, path: string): void => {
    if (node.kind === "sequence") {
      for (const [index, item] of node.items.entries()) visit(item, `${path}/${index}`);
    } else if (node.kind === "mapping") {
      for (const { key, value } of node.entries) {
        visit(value, `${path}/${key.kind === "scalar" ? key.text : key.kind}`);
      }
    } else {
      const { line, column } = positionOf(node.start);
      found[path] = `${line}:${column}`;
    }
  };
  visit(document.root, "");
  return found;
};

const reasonOf = (text: string): string => {
  const document = composeRaw(text);
  return document.ok ? "read" : document.reason;
};

describe("yaml.v3's places", () => {
  it("are those of scalars, with anchors and tags, quotes and block indicators", () => {
    assert.deepEqual(places("a: x\nb: &n !!str y\nc: 'q'\nd: |\n  z\ne: *n\n"), {
      "/a": "1:4",
      "/b": "2:4",
      "/c": "3:4",
      "/d": "4:4",
      "/e": "6:4",
    });
  });

  it("are those after the colon or dash for what is not written", () => {
    assert.deepEqual(places("a:\nb: # c\nc:\n  -\n  - 1\nd: {e, f: }\n"), {
      "/a": "1:3",
      "/b": "2:3",
      "/c/0": "4:4",
      "/c/1": "5:5",
      "/d/e": "6:6",
      "/d/f": "6:11",
    });
  });

  it("count characters, also beyond the basic plane", () => {
    assert.deepEqual(places('{"é𝄞": "𝄞𝄞", b: 1}'), { "/é𝄞": "1:8", "/b": "1:17" });
  });

  it("are found in a long line without counting it again each time", () => {
    const text = `{${Array.from({ length: 50_000 }, (_, index) => `k${index}: "𝄞"`).join(", ")}}`;
    assert.equal(Object.keys(places(text)).length, 50_000);
  });
});

describe("yaml.v3's grammar", () => {
  it("ends at the second document, whatever that is", () => {
    assert.deepEqual(places("a: 1\n---\n\t{ bad"), { "/a": "1:4" });
    assert.deepEqual(places("%YAML 1.1\n# c\n---\na: 1\n...\n]"), { "/a": "4:4" });
  });

  it("lets brackets close anywhere, and tabs stand between values", () => {
    assert.deepEqual(places("a:\n  b: {\n  c: 1,\n}\nd: [\t2,\t3\t]\n"), {
      "/a/b/c": "3:6",
      "/d/0": "5:6",
      "/d/1": "5:9",
    });
    assert.equal(reasonOf("a:\n  b: {\n  c: 1, # c\n}\n"), "deficient indentation");
  });

  it("has no keys that are not written, of several lines, or with indicators in brackets", () => {
    for (const text of [
      ": x",
      "a: {: x}",
      "{a\n b: 1}",
      "{a?b: 1}",
      "{:a: 1}",
      `${"k".repeat(1025)}: 1`,
    ]) {
      assert.match(reasonOf(text), /did not find/, text.slice(0, 20));
    }
    assert.equal(reasonOf("? a\n: 1\n? \n: 2\n"), "read");
  });

  it("knows no alias before its anchor", () => {
    assert.match(reasonOf("a: *x\nb: &x 1\n"), /unknown anchor 'x'/);
  });
});

describe("yaml.v3's scalars", () => {
  const resolve = (text: string, tag = "", quoted = false): unknown => {
    const resolved = resolveScalar({ kind: "scalar", start: 0, text, tag, quoted });
    if ("reason" in resolved) return resolved.reason;
    return "value" in resolved ? resolved.value : "text" in resolved ? resolved.text : null;
  };

  it("are numbers in all spellings of YAML 1.1 and 1.2", () => {
    const numbers: readonly (readonly [string, number])[] = [
      ...[["0644", 420] as const, ["0o644", 420] as const, ["0x1A4", 420] as const],
      ...[
        ["0b11", 3] as const,
        ["-0o7", -7] as const,
        ["+12", 12] as const,
        ["1_000", 1000] as const,
      ],
      ...[["08", 8] as const, ["1.5", 1.5] as const, [".5", 0.5] as const, ["1e3", 1000] as const],
      ["18446744073709551615", 2 ** 64],
    ];
    for (const [text, value] of numbers) assert.equal(resolve(text), value, text);
  });

  it("are text, words for nothing, or booleans", () => {
    for (const text of [
      "yes",
      "0x",
      "1.2.3",
      "18446744073709551616x",
      "1e999",
      "_1",
      "2001-01-01",
    ]) {
      assert.equal(resolve(text), text);
    }
    for (const text of ["", "~", "null", "NULL"]) assert.equal(resolve(text), null);
    assert.equal(resolve("True"), true);
    assert.equal(resolve("True", "", true), "True");
  });

  it("follow their tags", () => {
    assert.equal(resolve("12", "!!str"), "12");
    assert.equal(resolve("12", "!!int", true), 12);
    assert.equal(resolve("12", "!!float"), 12);
    assert.equal(resolve("aGk=", "!!binary"), "hi");
    assert.match(String(resolve("abc", "!!int")), /cannot decode !!str `abc` as a !!int/);
    assert.match(String(resolve("a", "!!binary")), /invalid base64/);
  });
});

describe("decoding by yaml.v3's rules", () => {
  const failure = async (body: string): Promise<string> =>
    (await translate(fcos(body))).failure ?? "";

  it("gathers all type errors with their lines", async () => {
    assert.equal(
      await failure(
        "storage:\n  files: foo\n  links:\n    - {path: [], hard: maybe}\nsystemd: 3\n",
      ),
      [
        "yaml: unmarshal errors:",
        "  line 4: cannot unmarshal !!str `foo` into a list",
        "  line 6: cannot unmarshal !!seq into text",
        "  line 6: cannot unmarshal !!str `maybe` into a boolean",
        "  line 7: cannot unmarshal !!int `3` into an object",
      ].join("\n"),
    );
  });

  it("gives each of them a place", async () => {
    const faults = async (text: string): Promise<unknown> =>
      (await translate(text)).faults.map(({ message, place }) => [
        place?.line,
        place?.col,
        message,
      ]);
    assert.deepEqual(await faults(fcos("storage:\n  links:\n    - {path: [], hard: maybe}\n")), [
      [5, 14, "cannot unmarshal !!seq into text"],
      [5, 24, "cannot unmarshal !!str `maybe` into a boolean"],
    ]);
    assert.deepEqual(await faults("variant: fcos\nvariant: x\n"), [
      [2, 1, 'mapping key "variant" already defined at line 1'],
    ]);
    assert.deepEqual(await faults("a: *b\n"), [[1, 4, "unknown anchor 'b' referenced"]]);
    assert.deepEqual(await faults("a: b\nc: \0"), [[2, 4, "NUL byte: this is not a text file"]]);
  });

  it("refuses keys that stand twice where they are read, and only there", async () => {
    assert.match(
      await failure("storage:\n  files: []\n  files: []\n"),
      /line 5: mapping key "files" already defined at line 4/,
    );
    const { failure: none } = await translate(fcos("foo: {a: 1, a: 2}\n"));
    assert.equal(none, undefined);
  });

  it("drops null items, and takes null for nothing", async () => {
    const body = "storage:\n  files: [null, {path: /a, mode: ~}]\n  links: null\n";
    const { config } = await translate(fcos(body));
    assert.deepEqual(config, {
      ignition: { version: "3.4.0" },
      storage: { files: [{ path: "/a" }] },
    });
  });

  it("merges keys from anchors, the nearer value first", async () => {
    const body = [
      "x: &base {mode: 0600, overwrite: false}",
      "storage:",
      "  files:",
      "    - <<: *base",
      "      path: /a",
      "    - <<: [{mode: 0400}, *base]",
      "      path: /b",
      "",
    ].join("\n");
    const { config, report } = await translate(fcos(body));
    assert.deepEqual(config, {
      ignition: { version: "3.4.0" },
      storage: {
        files: [
          { overwrite: false, path: "/a", mode: 0o600 },
          { overwrite: false, path: "/b", mode: 0o400 },
        ],
      },
    });
    assert.deepEqual(
      report.map(({ message }) => message),
      ["unused key x", "unused key <<", "unused key <<"],
    );
  });

  it("takes `yes` for a boolean where one is asked for, and fractions for whole numbers", async () => {
    const body = "storage:\n  files: [{path: /a, overwrite: 'no', mode: 420.7}]\n";
    assert.deepEqual(await configOf(fcos(body)), {
      ignition: { version: "3.4.0" },
      storage: { files: [{ overwrite: false, path: "/a", mode: 420 }] },
    });
  });
});
