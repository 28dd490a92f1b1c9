import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { encodeCanonical, parseCanonical } from "@slipway/release";
import { bytesOf, refusalsOf, valueOf } from "../support/documents.ts";

const parse = (text: string, maxBytes = 10_000) =>
  parseCanonical(bytesOf(text), { maxBytes, what: "the document" });

describe("canonical JSON", () => {
  it("is the form that TUF signs: names in order, no space, quotes and backslashes escaped, the rest as it is", () => {
    const value = { b: [1, true, "x"], a: { 11: 'q"\\é' }, B: undefined, A: -5 };
    assert.equal(encodeCanonical(value), '{"A":-5,"a":{"11":"q\\"\\\\é"},"b":[1,true,"x"]}');
  });

  it("is read back as what it was, whatever it was", () => {
    const text = fc.string({ unit: "grapheme" }).filter((value) => !/\p{Cc}/u.test(value));
    const name = fc.stringMatching(/^[ -~]{0,8}$/);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.maxSafeInteger().filter((number) => !Object.is(number, -0)),
        fc.boolean(),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.dictionary(name, tie("value"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, value), (object) => {
        const encoded = encodeCanonical(object);
        const again = valueOf(parse(encoded, 1_000_000));
        assert.deepEqual(JSON.stringify(again), JSON.stringify(JSON.parse(encoded)));
        assert.equal(encodeCanonical(again as object), encoded);
      }),
    );
  });

  it("does not depend on the order in which members were set", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[ -~]{0,8}$/), fc.nat()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).toReversed());
        assert.equal(encodeCanonical(reversed), encodeCanonical(object));
      }),
    );
  });

  for (const [what, value] of [
    ["a fraction", { a: 0.5 }],
    ["a number that readers would round", { a: 2 ** 53 }],
    ["minus zero", { a: -0 }],
    ["no number", { a: Number.NaN }],
    ["a control character", { a: "\n" }],
    ["half a character", { a: "\ud800" }],
    ["a name beyond ASCII", { é: 1 }],
    ["what JSON has not", { a: 1n }],
  ] as const)
    it(`has no form for ${what}`, () => {
      assert.throws(() => encodeCanonical(value), { name: "NoCanonicalForm" });
    });

  for (const [what, text, refusal] of [
    ["white space", '{"a": 1}', "not-canonical at "],
    ["a line feed at the end", '{"a":1}\n', "not-canonical at "],
    ["names out of order", '{"b":1,"a":1}', "not-canonical at "],
    ["a name that occurs twice", '{"a":1,"a":1}', "not-canonical at "],
    ["a name that occurs twice, spelled differently", '{"a":2,"\\u0061":1}', "not-canonical at "],
    ["an escape that is not needed", '{"a":"\\u0041"}', "not-canonical at "],
    ["a fraction", '{"a":1.5}', "not-canonical at "],
    ["a whole number with an exponent", '{"a":1e2}', "not-canonical at "],
    ["a number that was rounded", '{"a":9007199254740993}', "not-canonical at "],
    ["deep nesting", `${"[".repeat(40)}${"]".repeat(40)}`, "not-canonical at "],
    ["nesting beyond any stack", `${"[".repeat(4000)}${"]".repeat(4000)}`, "not-canonical at "],
    ["a byte-order mark", '\ufeff{"a":1}', "not-json at "],
    ["something cut short", '{"a":1', "not-json at "],
    ["nothing", "", "not-json at "],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.deepEqual(refusalsOf(parse(text)), [refusal]);
    });

  it("refuses bytes that are no UTF-8, and more bytes than allowed", () => {
    const bytes = Uint8Array.from([0x22, 0xc3, 0x28, 0x22]);
    assert.deepEqual(refusalsOf(parseCanonical(bytes, { maxBytes: 10, what: "it" })), [
      "not-json at ",
    ]);
    assert.deepEqual(refusalsOf(parse('{"a":1}', 6)), ["too-large at "]);
    assert.ok(parse('{"a":1}', 7).ok);
  });

  it("takes a member called __proto__ for a member", () => {
    const value = valueOf(parse('{"__proto__":{"polluted":1}}'));
    assert.equal(encodeCanonical(value as object), '{"__proto__":{"polluted":1}}');
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });
});
