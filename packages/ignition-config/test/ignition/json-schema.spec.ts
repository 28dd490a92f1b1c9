import assert from "node:assert/strict";
import {
  EXPERIMENTAL_VERSION,
  IGNITION_VERSIONS,
  ignitionJsonSchema,
  type IgnitionVersion,
  parseIgnition,
} from "@slipway/ignition-config";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, it } from "mocha";
import { readCorpus } from "./corpus-file.ts";
import { requireCorpus } from "../../../../test/support/corpus.ts";

const VERSIONS: readonly IgnitionVersion[] = [...IGNITION_VERSIONS, EXPERIMENTAL_VERSION];

const schemas = VERSIONS.map((version) => ({ version, schema: ignitionJsonSchema(version) }));

const validators = new Map(
  schemas.map(({ version, schema }) => [
    version,
    new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema),
  ]),
);

const descriptions = function* (value: unknown): Generator<string> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, below] of Object.entries(value)) {
    if (key !== "properties" && key !== "$defs") yield* descriptions(below);
    else for (const field of Object.values(below as object)) yield* describedField(field);
  }
};

const describedField = function* (field: unknown): Generator<string> {
  yield String(Reflect.get(field as object, "description"));
  yield* descriptions(field);
};

describe("the JSON Schema of Ignition", () => {
  it("is valid draft 2020-12 and names its spec", () => {
    assert.equal(validators.size, 8);
    for (const { version, schema } of schemas) {
      assert.equal(schema["$id"], `urn:slipway:schema:ignition:${version}`);
    }
  });

  it("describes every field and object in a sentence", () => {
    for (const { schema } of schemas) {
      const all = [...descriptions(schema)];
      for (const one of all) assert.match(one, /^[A-Z`].*\.$/);
      assert.ok(all.length > 100, String(all.length));
    }
  });

  it("has the fields of its spec and no others", () => {
    const fields = (version: IgnitionVersion, type: string): readonly string[] => {
      const found = schemas.find((one) => one.version === version)?.schema["$defs"] as Record<
        string,
        { readonly properties: object } | undefined
      >;
      return Object.keys(found[type]?.properties ?? {});
    };
    assert.deepEqual(fields("3.0.0", "Resource"), ["compression", "source", "verification"]);
    assert.ok(fields("3.1.0", "Resource").includes("httpHeaders"));
    assert.ok(!fields("3.1.0", "Storage").includes("luks"));
    assert.ok(fields("3.2.0", "Storage").includes("luks"));
    assert.ok(!fields("3.4.0", "Luks").includes("cex"));
    assert.ok(fields("3.5.0", "Luks").includes("cex"));
    assert.deepEqual(fields("3.6.0", "ConfigReference"), []);
  });

  it("accepts what Ignition accepts without a warning, and refuses what it cannot decode", function () {
    requireCorpus(this);
    let [accepted, refused] = [0, 0];
    const cases = ["ignition-validate.jsonl", "ignition-validate-probes.jsonl"].flatMap(readCorpus);
    for (const { input } of cases) {
      const { report, document } = parseIgnition(new TextEncoder().encode(String(input)), {
        experimental: true,
      });
      if (document !== undefined && report.length === 0) {
        const validate = validators.get(document.version);
        const isAccepted = validate?.(JSON.parse(String(input))) === true;
        // A required text that is left out counts as empty, which not every rule minds.
        const [error] = validate?.errors ?? [];
        assert.ok(isAccepted || error?.keyword === "required", JSON.stringify(error));
        if (isAccepted) accepted += 1;
      } else if (report.some(({ message }) => /^json: (?!.*number \d+\.0$)/.test(message))) {
        // JSON Schema counts 420.0 as an integer.
        assert.ok(!validators.get("3.6.0")?.(JSON.parse(String(input))), String(input));
        refused += 1;
      }
    }
    assert.ok(accepted > 400 && refused > 0, `${accepted} ${refused}`);
  });
});
