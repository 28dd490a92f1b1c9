import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import { CODE_GROUPS } from "../../src/codes/codes.ts";
import { OFFER_RULES } from "../../src/codes/offer-rules.ts";

const SOURCES = path.resolve(import.meta.dirname, "../../src");

/** How sources write a code: as the member of a failure, or as the first argument of an error. */
const SAID = /(?:\bcode: |\bcode = |Error\(\s*)"([A-Z][A-Z_]+)"/g;

const saidIn = (file: string): readonly string[] =>
  [...readFileSync(path.join(SOURCES, file), "utf8").matchAll(SAID)].map(([, code = ""]) => code);

const told = CODE_GROUPS.flatMap(({ codes }) => Object.entries(codes));

describe("the tables of codes", () => {
  it("have every code that the agent's sources say", () => {
    const said = new Set(globSync("**/*.ts", { cwd: SOURCES }).flatMap(saidIn));
    assert.ok(said.size > 40);
    const names = new Set(told.map(([code]) => code));
    assert.deepEqual(
      [...said].filter((code) => !names.has(code)),
      [],
    );
  });

  it("have each code once, with a fact and an order without a full stop", () => {
    const names = told.map(([code]) => code);
    assert.equal(new Set(names).size, names.length);
    for (const [code, { means, remedy }] of [...told, ...Object.entries(OFFER_RULES)])
      for (const text of [means, remedy]) {
        assert.match(text, /^(?:[^A-Z]|API)/, code);
        assert.doesNotMatch(text, /\.$|\n/, code);
      }
  });
});
