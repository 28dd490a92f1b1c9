import assert from "node:assert/strict";
import { loadDefinition } from "@slipway/ignition-config";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { HEAD, memoryIo } from "./support/load.ts";

const text = `${HEAD}variables: { x: { default: d } }
storage:
  files:
    - path: /etc/a
      contents: { inline: "<\${var.x}>" }
    - path: /etc/b
      contents: { inline: "\${var.x}" }
`;

/** What YAML would take for structure, if it were asked. */
const value = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(
      fc.constantFrom(
        "\n",
        ": ",
        "- ",
        "path",
        "  ",
        '"',
        "'",
        "{",
        "}",
        "#",
        "|",
        "${var.x}",
        "$$",
        "*a",
        "&a",
        "!!str",
      ),
    )
    .map((parts) => parts.join("")),
);

describe("a variable's value", () => {
  it("is a text wherever it is put, and changes nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        const { definition, report } = await loadDefinition(
          "main.yaml",
          memoryIo({ "main.yaml": text }),
          {
            variables: { values: [{ name: "x", value: given }] },
          },
        );
        if (definition === undefined) {
          // Half a surrogate pair is no character.
          assert.ok(report.findings.every(({ rule }) => rule === "control-character"));
          assert.ok(!given.isWellFormed());
          return;
        }
        assert.deepEqual(
          definition.config.storage.files.map(({ path, contents, ...rest }) => [
            path,
            contents?.kind === "inline" ? contents.text : undefined,
            rest.mode,
            rest.append,
          ]),
          [
            ["/etc/a", `<${given}>`, undefined, []],
            ["/etc/b", given, undefined, []],
          ],
        );
      }),
      { numRuns: 200 },
    );
  });
});
