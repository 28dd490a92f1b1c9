import assert from "node:assert/strict";
import { type Json, type JsonSchema, jsonSchema } from "@slipway/ignition-config";
import { Ajv2020 } from "ajv/dist/2020.js";
import { load as loadYaml } from "js-yaml";
import { describe, it } from "mocha";
import { BAD_IMAGES } from "../cases/bad-image.ts";
import { BAD_PASSWD, BAD_REST, BAD_SYSTEMD } from "../cases/bad-rest.ts";
import { BAD_STORAGE } from "../cases/bad-storage.ts";
import { briefly, HEAD, load, PART } from "../support/load.ts";

const schema = jsonSchema("slipway", "1.0.0");
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);

/** What a schema can know by itself: types, keys, patterns, ranges and choices of single values. */
const KNOWN_TO_SCHEMA = [
  ...["unknown-key", "unsupported-key", "wrong-type", "number-range", "unknown-value", "too-few"],
  ...["missing-value", "package-name", "image-name", "image-version", "suite", "component"],
  ...["account-name", "kernel-module", "os-release-key", "hash"],
];

const eachSchema = function* (value: Json): Generator<JsonSchema> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) yield* eachSchema(item);
    return;
  }
  const own = value as JsonSchema;
  yield own;
  for (const [key, below] of Object.entries(own)) {
    if (key === "properties") {
      for (const field of Object.values(below as JsonSchema)) yield* eachSchema(field);
    }
    if (key === "items" || key === "anyOf" || key === "additionalProperties")
      yield* eachSchema(below);
  }
};

describe("the JSON Schema", () => {
  it("is valid draft 2020-12 and names its version", () => {
    assert.equal(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert.equal(schema["$id"], "urn:slipway:schema:slipway:1.0.0");
  });

  it("describes every field", () => {
    let count = 0;
    for (const one of eachSchema(schema)) {
      assert.match(
        JSON.stringify(one["description"]),
        /^"[A-Z`].*[.]"$/,
        JSON.stringify(one).slice(0, 200),
      );
      count += 1;
    }
    assert.ok(count > 80, String(count));
  });

  it("accepts what the loader accepts", async () => {
    const good = [
      HEAD,
      `${HEAD}storage:\n  files:\nsystemd:\npasswd: ~\n`,
      `${PART}image: { name: a, version: 1.10, kernel_package: linux-image-rt, os_release: { VERSION_ID: 13 } }`,
      `${PART}image: { name: a, version: b, kernel_package: { x86_64: kk } }`,
      `${HEAD}storage: { files: [{ path: /a, mode: 0644, contents: { source: "data:,x" } }] }`,
      `${HEAD}systemd: { units: [{ name: 'a@b\\x2d.service', enabled: true }] }`,
    ];
    for (const text of good) {
      assert.deepEqual(briefly(await load(text)), []);
      assert.ok(validate(loadYaml(text)), `${text}\n${JSON.stringify(validate.errors)}`);
    }
  });

  it("refuses what it can know to be wrong, and nothing that the loader accepts", async () => {
    let refused = 0;
    const heads = new Map([[BAD_IMAGES, PART]]);
    for (const table of [BAD_IMAGES, BAD_STORAGE, BAD_SYSTEMD, BAD_PASSWD, BAD_REST]) {
      for (const { what, text } of table) {
        const whole = (heads.get(table) ?? HEAD) + text;
        const { report, definition } = await load(whole);
        const isKnown = report.findings.some(({ rule }) => KNOWN_TO_SCHEMA.includes(rule));
        const isValid = validate(loadYaml(whole));
        if (isKnown) assert.ok(!isValid, `accepted: ${what}`);
        if (definition !== undefined) assert.ok(isValid, `refused: ${what}`);
        if (!isValid) refused += 1;
      }
    }
    assert.ok(refused >= 50, String(refused));
  });
});
