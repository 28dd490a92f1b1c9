import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { type JsonNode, memberOf } from "../../src/json/json-node.ts";
import { indexLines } from "../../src/json/line-index.ts";
import { MAX_NESTING, parseJson } from "../../src/json/parse-json.ts";
import { decodeUtf8 } from "../../src/json/utf8.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const valueOf = (node: JsonNode): unknown => {
  switch (node.kind) {
    case "object":
      return Object.fromEntries(node.members.map(({ key, value }) => [key, valueOf(value)]));
    case "array":
      return node.items.map(valueOf);
    case "string":
      return node.text;
    case "number":
      return Number(node.text);
    case "null":
      return null;
    case "true":
    case "false":
      return node.kind === "true";
    default:
      throw new Error("no such kind");
  }
};

const parse = (text: string): JsonNode => {
  const parsed = parseJson(bytesOf(text));
  assert.ok("value" in parsed, JSON.stringify(parsed));
  return parsed.value;
};

const textOf = (bytes: Uint8Array): string => {
  const parsed = parseJson(bytes);
  assert.ok("value" in parsed && parsed.value.kind === "string");
  return parsed.value.text;
};

const offsetOf = (text: string): number | undefined => {
  const parsed = parseJson(bytesOf(text));
  return "error" in parsed ? parsed.error.offset : undefined;
};

const eachNode = function* (node: JsonNode): Generator<JsonNode> {
  yield node;
  if (node.kind === "array") for (const item of node.items) yield* eachNode(item);
  if (node.kind === "object") for (const { value } of node.members) yield* eachNode(value);
};

const MARKS = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "'",
  "0",
  "-",
  "+",
  ".",
  "e",
  "u",
  " ",
  "\u0001",
  "\\",
];

describe("the JSON reader", () => {
  it("reads what JSON.parse reads", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom("", " ", "\t", "\r\n"), (value, space) => {
        const text = `${space}${JSON.stringify(value, undefined, space)}${space}`;
        assert.deepEqual(valueOf(parse(text)), JSON.parse(text));
      }),
    );
  });

  it("refuses what JSON.parse refuses", () => {
    const texts = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom(...MARKS))
      .map(([text, at, mark]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + mark + text.slice(place);
      });
    fc.assert(
      fc.property(texts, (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        assert.equal("value" in parseJson(bytesOf(text)), isJson);
      }),
      { numRuns: 1000 },
    );
  });

  it("knows where each value begins and ends", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const bytes = bytesOf(JSON.stringify(value, undefined, 1));
        const parsed = parseJson(bytes);
        assert.ok("value" in parsed);
        for (const node of eachNode(parsed.value)) {
          const text = decodeUtf8(bytes.subarray(node.start, node.end));
          assert.deepEqual(valueOf(node), JSON.parse(text));
        }
      }),
    );
  });

  it("keeps order, duplicates and the places of keys", () => {
    const node = parse('{"b":1,"a":2,"b":3}');
    assert.ok(node.kind === "object");
    assert.deepEqual(
      node.members.map(({ key, keyStart }) => [key, keyStart]),
      [
        ["b", 1],
        ["a", 7],
        ["b", 13],
      ],
    );
    const last = memberOf(node, "b")?.value;
    assert.equal(last?.kind === "number" ? last.text : "", "3");
  });

  it("stops after the byte at fault, or at the end", () => {
    const faults: readonly (readonly [string, number])[] = [
      ["", 0],
      ["[1,]", 4],
      ['{"a":1,}', 8],
      ['{"a" 1}', 6],
      ["[1 2]", 4],
      ["{} x", 4],
      ["truE", 4],
      ["tru", 3],
      ["01", 2],
      ["-", 1],
      ["1.x", 3],
      ["1e+", 3],
      ['"a\nb"', 3],
      [String.raw`"\x"`, 3],
      [String.raw`"\u00g0"`, 6],
      ["\u{feff}{}", 1],
      ["{a:1}", 2],
      ["'a'", 1],
    ];
    for (const [text, offset] of faults) assert.equal(offsetOf(text), offset, text);
  });

  it("makes U+FFFD of lone surrogates and of each byte that is no UTF-8", () => {
    assert.equal(textOf(bytesOf(String.raw`"\ud83d\ude00"`)), "\u{1f600}");
    assert.equal(textOf(bytesOf(String.raw`"\ud83d"`)), "\u{fffd}");
    assert.equal(textOf(bytesOf(String.raw`"\ude00\ud83dx"`)), "\u{fffd}\u{fffd}x");
    assert.equal(textOf(bytesOf(String.raw`"\ud83d\ud83d\ude00"`)), "\u{fffd}\u{1f600}");
    const bad = [0x22, 0x61, 0xe2, 0x82, 0xff, 0xed, 0xa0, 0x80, 0xc0, 0x80, 0x62, 0x22];
    assert.equal(textOf(Uint8Array.from(bad)), `a${"\u{fffd}".repeat(8)}b`);
  });

  it("notices numbers beyond floating point", () => {
    const huge = parseJson(bytesOf("[1e308, -1e309]"));
    assert.ok("value" in huge && huge.hasHugeNumber);
    const small = parseJson(bytesOf("[1e308, 1e-999]"));
    assert.ok("value" in small && !small.hasHugeNumber);
  });

  it("nests as deep as Go and not deeper", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    assert.equal(offsetOf(nested(MAX_NESTING)), undefined);
    assert.equal(offsetOf(nested(MAX_NESTING + 1)), MAX_NESTING + 1);
    assert.equal(offsetOf("[".repeat(3_000_000)), MAX_NESTING + 1);
    assert.equal(offsetOf('{"a":'.repeat(MAX_NESTING + 1)), 5 * MAX_NESTING + 1);
  });

  it("reads any bytes without an exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const parsed = parseJson(bytes);
        if ("error" in parsed) assert.ok(parsed.error.offset <= bytes.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("lines of a text", () => {
  it("count from 1, columns in bytes", () => {
    const lines = indexLines(bytesOf("a\n\u00e9b\r\n\nc"));
    const places = [0, 1, 2, 4, 6, 7, 8].map((offset) => lines(offset));
    assert.deepEqual(
      places.map(({ line, col }) => `${line}:${col}`),
      ["1:1", "1:2", "2:1", "2:3", "2:5", "3:1", "4:1"],
    );
  });

  it("do not know what is past the end", () => {
    assert.deepEqual(indexLines(bytesOf("a"))(1), { line: 0, col: 0 });
    assert.deepEqual(indexLines(bytesOf(""))(0), { line: 0, col: 0 });
  });
});
