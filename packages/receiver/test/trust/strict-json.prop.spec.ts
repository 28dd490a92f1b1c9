import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { parseStrictJson } from "../../src/trust/strict-json.ts";

const kindOf = (text: string): string => parseStrictJson(Buffer.from(text)).kind;

/** Values that every reader reads alike. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: "grapheme" }),
    fc.maxSafeInteger().map((n) => (n === 0 ? 0 : n)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(
      fc.string({ unit: "grapheme" }).filter((name) => name !== "__proto__"),
      tie("value"),
      { maxKeys: 5 },
    ),
  ),
})).value;

describe("strict JSON", () => {
  it("gives back every plain value, however it is laid out", () => {
    fc.assert(
      fc.property(plain, fc.integer({ min: 0, max: 3 }), (value, indent) => {
        const parsed = parseStrictJson(Buffer.from(JSON.stringify(value, undefined, indent)));
        assert.ok(parsed.kind === "value", JSON.stringify(parsed));
        assert.deepEqual(JSON.stringify(parsed.value), JSON.stringify(value));
      }),
    );
  });

  it("finds a member that is there twice, wherever, whatever else is in its text", () => {
    fc.assert(
      fc.property(plain, fc.string({ unit: "grapheme" }), fc.nat(10), (value, name, depth) => {
        const [text, key] = [JSON.stringify(value), JSON.stringify(name)];
        const twice = `{${key}:${text},"between":${text},${key}:${text}}`;
        const deep = `${'[{"a":'.repeat(depth)}${twice}${"}]".repeat(depth)}`;
        assert.equal(kindOf(deep), "ambiguous");
      }),
    );
  });

  it("takes the same name in objects beside and inside each other", () => {
    assert.equal(kindOf('{"a":{"a":[{"a":1},{"a":"a:a"}]},"b":"a"}'), "value");
  });

  for (const text of [
    "1.0",
    "1e3",
    "-0",
    "01",
    "9007199254740992",
    "-9007199254740992",
    '"\\udc00"',
  ])
    it(`does not take ${text}`, () => assert.notEqual(kindOf(`{"x":${text}}`), "value"));

  it("does not take bytes that are no UTF-8: two of them would be one text", () => {
    assert.equal(parseStrictJson(Buffer.from([0x22, 0xff, 0x22])).kind, "not-json");
    assert.equal(parseStrictJson(Buffer.from("\ufeff{}")).kind, "not-json");
  });

  it("is quick with five million characters of anything", () => {
    for (const text of [
      "[".repeat(5_000_000),
      `"${"\\\\".repeat(2_500_000)}"`,
      `"${"\\".repeat(5_000_001)}`,
    ])
      assert.ok(["ambiguous", "not-json", "value"].includes(kindOf(text)));
  });
});
