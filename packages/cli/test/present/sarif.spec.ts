import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, it } from "mocha";
import { GOOD, runInMemory } from "../support/a-world.ts";

const TEXT = { type: "object", required: ["text"], properties: { text: { type: "string" } } };
const POSITIVE = { type: "integer", minimum: 1 };
const LEVEL = { enum: ["none", "note", "warning", "error"] };

/** What the published schema of SARIF 2.1.0 demands of the parts that we write. */
const SARIF = {
  type: "object",
  required: ["version", "runs"],
  additionalProperties: false,
  properties: {
    $schema: { type: "string", format: "uri" },
    version: { enum: ["2.1.0"] },
    runs: {
      type: "array",
      items: {
        type: "object",
        required: ["tool"],
        additionalProperties: false,
        properties: {
          columnKind: { enum: ["utf16CodeUnits", "unicodeCodePoints"] },
          tool: {
            type: "object",
            required: ["driver"],
            properties: {
              driver: {
                type: "object",
                required: ["name"],
                properties: {
                  name: { type: "string" },
                  version: { type: "string" },
                  rules: {
                    type: "array",
                    uniqueItems: true,
                    items: {
                      type: "object",
                      required: ["id"],
                      additionalProperties: false,
                      properties: {
                        id: { type: "string" },
                        shortDescription: TEXT,
                        defaultConfiguration: { type: "object", properties: { level: LEVEL } },
                      },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: "array",
            items: {
              type: "object",
              required: ["message"],
              additionalProperties: false,
              properties: {
                ruleId: { type: "string" },
                ruleIndex: { type: "integer", minimum: -1 },
                level: LEVEL,
                message: TEXT,
                locations: {
                  type: "array",
                  items: {
                    type: "object",
                    additionalProperties: false,
                    properties: {
                      physicalLocation: {
                        type: "object",
                        required: ["artifactLocation"],
                        additionalProperties: false,
                        properties: {
                          artifactLocation: {
                            type: "object",
                            required: ["uri"],
                            properties: { uri: { type: "string", pattern: "^[!-~]+$" } },
                          },
                          region: {
                            type: "object",
                            required: ["startLine"],
                            additionalProperties: false,
                            properties: {
                              startLine: POSITIVE,
                              startColumn: POSITIVE,
                              endLine: POSITIVE,
                              endColumn: POSITIVE,
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

interface Log {
  readonly runs: readonly {
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly { readonly physicalLocation: object }[];
    }[];
  }[];
}

const validate = new Ajv2020({ strict: true, formats: { uri: true } }).compile(SARIF);

const logOf = async (texts: Readonly<Record<string, string>>): Promise<Log> => {
  const files = Object.keys(texts);
  const { stdout } = await runInMemory(["validate", "--format", "sarif", ...files, "none.yaml"], {
    texts,
  });
  const log: unknown = JSON.parse(stdout);
  assert.ok(validate(log), JSON.stringify(validate.errors));
  return log as unknown as Log;
};

describe("findings as SARIF", () => {
  it("have rule, level, message and the region in the file that they are about", async () => {
    const log = await logOf({
      "images/ä b.yaml": `${GOOD}storage: { links: [{ path: /ö, target: "ü", hrad: true }] }\n`,
      "good.yaml": GOOD,
    });
    const [run] = log.runs;
    const [first, second] = run?.results ?? [];
    assert.deepEqual(
      [first?.ruleId, first?.level, first?.message.text],
      ["unknown-key", "error", 'unknown key "hrad" in this item: did you mean `hard`?'],
    );
    // Columns in code units: every umlaut before the place is one, and two bytes.
    assert.deepEqual(first?.locations[0]?.physicalLocation, {
      artifactLocation: { uri: "images/%C3%A4%20b.yaml" },
      region: { startLine: 9, startColumn: 45, endLine: 9, endColumn: 49 },
    });
    assert.equal(second?.ruleId, "missing-file");
    assert.deepEqual(second.locations[0]?.physicalLocation, {
      artifactLocation: { uri: "none.yaml" },
    });
    assert.equal(run?.results.length, 2);
  });

  it("name every broken rule once, where results find it", async () => {
    const wrong = `${GOOD}a: 1\nb: 2\nsystemd: { units: [{ name: x }] }\n`;
    const [run] = (await logOf({ "a.yaml": wrong, "b.yaml": wrong })).runs;
    const rules = run?.tool.driver.rules.map(({ id }) => id) ?? [];
    assert.deepEqual(rules.toSorted(), ["missing-file", "unit-name", "unknown-key"]);
    for (const { ruleId, ruleIndex } of run?.results ?? []) assert.equal(rules[ruleIndex], ruleId);
  });

  it("are none where there is nothing to say, and the log is still one", async () => {
    const { stdout } = await runInMemory(["validate", "--format=sarif", "good.yaml"]);
    const log = JSON.parse(stdout) as Log;
    assert.ok(validate(log));
    assert.deepEqual(log.runs[0]?.results, []);
  });
});
