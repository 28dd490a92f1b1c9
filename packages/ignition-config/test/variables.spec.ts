import assert from "node:assert/strict";
import { isFatal, type LoadOptions, loadDefinition, renderFinding } from "@slipway/ignition-config";
import { describe, it } from "mocha";
import { briefly, HEAD, memoryIo, PART } from "./support/load.ts";

const loadWith = async (
  documents: string | Readonly<Record<string, string>>,
  variables: LoadOptions["variables"] = {},
) =>
  loadDefinition(
    "main.yaml",
    memoryIo(typeof documents === "string" ? { "main.yaml": documents } : documents),
    { variables },
  );

const settled = async (...args: Parameters<typeof loadWith>) => {
  const { definition, report } = await loadWith(...args);
  assert.deepEqual(report.findings, []);
  assert.ok(definition);
  return definition;
};

const inlineOf = (contents: unknown): unknown =>
  contents !== null && typeof contents === "object" && "text" in contents
    ? contents.text
    : undefined;

const MOTD = (text: string): string =>
  `storage: { files: [{ path: /a, contents: { inline: ${JSON.stringify(text)} } }] }\n`;

const motdOf = async (...args: Parameters<typeof loadWith>): Promise<unknown> =>
  inlineOf((await settled(...args)).config.storage.files[0]?.contents);

describe("variables", () => {
  it("put their values into texts", async () => {
    const text = `${HEAD}variables: { who: { default: world }, n: { type: int, default: 3 } }\n`;
    assert.equal(await motdOf(text + MOTD("hello ${var.who}, ${var.n}!")), "hello world, 3!");
  });

  it("are of their type where they stand alone, and text where they are joined", async () => {
    const { config, image } = await settled(`variant: slipway
version: 1.0.0
variables:
  mode: { type: int, default: 0640 }
  size: { type: int, default: 512 }
  on: { type: bool, default: yes }
  minor: { type: int, default: 4 }
  name: { default: "123" }
image: { name: "a\${var.size}", version: "1.\${var.minor}", slot_size_mib: "\${var.size}" }
storage: { files: [{ path: "/\${var.name}", mode: "\${var.mode}" }] }
systemd: { units: [{ name: a.service, enabled: "\${var.on}" }] }
`);
    assert.deepEqual([image.name, image.version, image.slotSizeMib], ["a512", "1.4", 512]);
    const [file] = config.storage.files;
    assert.deepEqual([file?.path, file?.mode], ["/123", 0o640]);
    assert.equal(config.systemd.units[0]?.enabled, true);
  });

  it("leave what shells, units and templates write alone", async () => {
    const texts = ["${HOME} $${x} ${x:-y}", "$${var.x} and $$${var.x}", "{{ var.x }}", "$var.x"];
    const meant = ["${HOME} $${x} ${x:-y}", "${var.x} and $${var.x}", "{{ var.x }}", "$var.x"];
    for (const [index, text] of texts.entries()) {
      assert.equal(await motdOf(HEAD + MOTD(text)), meant[index]);
      const declares = `${HEAD}variables: { x: { default: X } }\nkernel_arguments: { should_exist: ["\${var.x}"] }\n`;
      assert.equal(await motdOf(declares + MOTD(text)), meant[index]);
    }
  });

  it("never make a key, an item or another type of what they hold", async () => {
    const evil = '"\n    - path: /etc/shadow\n  links: []\n# ${var.other}';
    const { config } = await settled(
      `${HEAD}variables: { x: { default: d }, other: { default: o } }
storage: { files: [{ path: /a, contents: { inline: "\${var.x}\${var.other}" } }] }
`,
      { values: [{ name: "x", value: evil }] },
    );
    assert.equal(config.storage.files.length, 1);
    assert.equal(inlineOf(config.storage.files[0]?.contents), `${evil}o`);
    const named = await loadWith(`${HEAD}variables: { x: { default: "true" } }
storage: { files: [{ path: /a, overwrite: "\${var.x}", contents: { inline: "" } }] }
systemd: { units: [{ "\${var.x}": a }] }
`);
    assert.deepEqual(briefly(named), ["5:43 wrong-type", "6:20 missing-key", "6:22 unknown-key"]);
    const shown = named.report.findings.map((finding) => renderFinding(finding)).join("\n");
    assert.match(shown, /declare variable "x" with `type: bool`/);
  });

  it("are given on the command line, over files, over defaults; later ones over earlier ones", async () => {
    const documents = {
      "main.yaml": `${HEAD}variables: { a: { default: d } }\n${MOTD("${var.a}")}`,
      "one.yaml": "a: one\n",
      "two.yaml": "a: two\n",
      "empty.yaml": "# nothing\n",
    };
    const files = ["one.yaml", "two.yaml", "empty.yaml"];
    assert.equal(await motdOf(documents), "d");
    assert.equal(await motdOf(documents, { files }), "two");
    const values = ["x", "y"].map((value) => ({ name: "a", value }));
    assert.equal(await motdOf(documents, { files, values }), "y");
  });

  it("belong to their document and to those that include it, which may give another default", async () => {
    const base = `${PART}variables: { port: { type: int, default: 80 } }\n${MOTD("${var.port}")}`;
    const main = `${HEAD}include: [base.yaml]\n`;
    const unit = 'kernel_arguments: { should_exist: ["p=${var.port}"] }\n';
    const used = await settled({ "main.yaml": main + unit, "base.yaml": base });
    assert.deepEqual(used.config.kernelArguments.shouldExist, ["p=80"]);
    const over = `variables: { port: { default: 90 } }\n`;
    assert.equal(await motdOf({ "main.yaml": main + over, "base.yaml": base }), "90");
    const foreign = await loadWith({
      "main.yaml": `${main}variables: { mine: { default: m } }\n${unit}`,
      "base.yaml": base + 'kernel_arguments: { should_exist: ["${var.mine}"] }\n',
    });
    assert.deepEqual(briefly(foreign), ["5:14 unused-variable", "base.yaml:5:37 unknown-variable"]);
  });

  const WRONG: readonly (readonly [string, string, LoadOptions["variables"], readonly string[]])[] =
    [
      [
        "an undeclared one, with the nearest",
        `variables: { port: { default: a } }\n${MOTD("${var.prot}${var.port}")}`,
        {},
        ["5:53 unknown-variable"],
      ],
      [
        "one without a value",
        `variables: { a: { type: int } }\n${MOTD("${var.a}")}`,
        {},
        ["4:14 missing-variable"],
      ],
      [
        "a default that is no value",
        `variables: { a: { default: [x] } }\n${MOTD("${var.a}")}`,
        {},
        ["4:28 wrong-type"],
      ],
      [
        "a default of another type",
        `variables: { a: { type: int, default: x } }\n${MOTD("${var.a}")}`,
        {},
        ["4:39 variable-value"],
      ],
      [
        "a quoted number for an int",
        `variables: { a: { type: int, default: "1" } }\n${MOTD("${var.a}")}`,
        {},
        ["4:39 variable-value"],
      ],
      [
        "a boolean for a text",
        `variables: { a: { default: true } }\n${MOTD("${var.a}")}`,
        {},
        ["4:28 variable-value"],
      ],
      [
        "a value outside the choices",
        `variables: { a: { default: dve, enum: [dev, prod] } }\n${MOTD("${var.a}")}`,
        {},
        ["4:28 variable-value"],
      ],
      [
        "a type that is none",
        `variables: { a: { type: list, default: x } }\n${MOTD("${var.a}")}`,
        {},
        ["4:25 unknown-value"],
      ],
      [
        "a name that is none",
        `variables: { A b: { default: x } }`,
        {},
        ["4:14 unused-variable", "4:14 variable-name"],
      ],
      ["one that nobody uses", `variables: { a: { default: x } }`, {}, ["4:14 unused-variable"]],
      [
        "a malformed reference",
        `variables: { a: { default: x } }\n${MOTD("${var.a}${var.}${var.a b}${var.a")}`,
        {},
        ["5:53 variable-reference", "5:61 variable-reference", "5:68 variable-reference"],
      ],
      [
        "a reference in a default",
        `variables: { a: { default: "\${var.b}" }, b: { default: x } }\n${MOTD("${var.a}${var.b}")}`,
        {},
        ["4:28 variable-reference"],
      ],
      [
        "a reference in an include",
        `include: ["\${var.a}.yaml"]\nvariables: { a: { default: x } }\n${MOTD("${var.a}")}`,
        {},
        ["4:11 variable-reference"],
      ],
      [
        "a given value that nobody declares",
        `variables: { port: { default: x } }\n${MOTD("${var.port}")}`,
        { values: [{ name: "prot", value: "1" }] },
        ["unknown-variable"],
      ],
      [
        "a given value of another type",
        `variables: { port: { type: int } }\n${MOTD("${var.port}")}`,
        { values: [{ name: "port", value: "http" }] },
        ["variable-value"],
      ],
      ["a value file that is missing", "", { files: ["none.yaml"] }, ["missing-file"]],
    ];
  for (const [what, text, variables, expected] of WRONG) {
    it(`report ${what}`, async () => {
      const loaded = await loadWith(HEAD + text, variables);
      assert.deepEqual(briefly(loaded), expected);
      for (const { hint } of loaded.report.findings) assert.ok(hint);
      assert.equal(loaded.definition === undefined, isFatal(loaded.report));
    });
  }

  it("suggest the nearest name, in documents and on the command line", async () => {
    const text = `${HEAD}variables: { port: { default: a } }\n${MOTD("${var.prot}${var.port}")}`;
    const { report } = await loadWith(text, { values: [{ name: "prt", value: "" }] });
    assert.deepEqual(
      report.findings.map(({ hint }) => hint),
      ["did you mean `port`?", "did you mean `port`?"],
    );
  });

  it("show in a file of values what is wrong with it", async () => {
    const loaded = await loadWith(
      {
        "main.yaml": `${HEAD}variables: { a: { type: int }, b: { default: x } }\n${MOTD("${var.a}${var.b}")}`,
        "values.yaml": "a: many\nc: 1\nb: [x]\n",
      },
      { files: ["values.yaml"] },
    );
    assert.deepEqual(briefly(loaded), [
      "values.yaml:1:4 variable-value",
      "values.yaml:2:1 unknown-variable",
      "values.yaml:3:4 wrong-type",
    ]);
    assert.ok(loaded.texts.get("values.yaml")?.startsWith("a: many"));
  });

  it("have one type in all documents", async () => {
    const loaded = await loadWith({
      "main.yaml": `${HEAD}include: [b.yaml]\nvariables: { a: { type: string, default: x } }\n`,
      "b.yaml": `${PART}variables: { a: { type: int, default: 1 } }\n${MOTD("${var.a}")}`,
    });
    assert.deepEqual(briefly(loaded).toSorted(), ["5:25 variable-type", "5:42 variable-value"]);
  });

  it("cannot fill the memory", async () => {
    const big = "x".repeat(900_000);
    const references = "${var.a}".repeat(1000);
    const loaded = await loadWith(`${HEAD}variables: { a: { default: d } }\n${MOTD(references)}`, {
      values: [{ name: "a", value: big }],
    });
    assert.ok(briefly(loaded).some((one) => one.endsWith("too-large")));
  });
});
