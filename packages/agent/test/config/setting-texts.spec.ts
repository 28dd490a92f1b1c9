import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { SETTING_RULES } from "../../src/config/settings.ts";
import { SETTING_TEXTS } from "../../src/config/setting-texts.ts";
import { parseDocument } from "../../src/config/yaml-document.ts";

describe("the texts of settings", () => {
  for (const [key, rule] of SETTING_RULES)
    it(`show values that ${key} takes`, () => {
      for (const example of SETTING_TEXTS[rule.field].examples) {
        const parsed = parseDocument("50-site.yaml", `${key}: ${example}\n`);
        assert.ok(parsed.ok && parsed.root.kind === "map", example);
        const [entry] = parsed.root.entries;
        assert.equal(entry?.key.text, key);
        const reading = rule.read(entry.value);
        assert.ok(reading.ok, reading.ok ? "" : `${example}: ${reading.message}`);
      }
    });

  it("are sentences", () => {
    for (const { about } of Object.values(SETTING_TEXTS)) assert.match(about, /^[A-Z].*\.$/);
  });
});
