import assert from "node:assert/strict";
import { type Described, type Program, programReference, table } from "@slipway/host/command-line";
import { describe, it } from "mocha";

interface Verb extends Described<Verb> {}

const verb = (summary: string, verbs?: Verb["verbs"]): Verb => ({
  help: {
    summary,
    usage: ["look [--out DIR|FILE]"],
    about: ["It looks."],
    options: {
      out: { type: "string", value: "DIR|FILE", help: "Where to." },
      help: { type: "boolean", short: "h", help: "Show this help." },
    },
    examples: [{ line: "eye look | less", does: "Look long." }],
    exits: [["1", "nothing to see"]],
  },
  ...(verbs === undefined ? {} : { verbs }),
});

const EYE: Program<Verb> = {
  help: { program: "eye", exits: [["0", "done"]] },
  version: "1",
  noun: "verb",
  overview: () => "",
  commands: [
    { name: "look", load: async () => verb("Look") },
    {
      name: "lid",
      load: async () =>
        verb("Move the lid", [{ name: "open", load: async () => verb("Open the lid") }]),
    },
    { name: "blink", audience: "hidden", load: async () => verb("Blink") },
  ],
};

describe("the reference of a program", () => {
  it("has every command that people are told of, those of two words each by itself", async () => {
    const page = await programReference(EYE, ["An eye."]);
    assert.deepEqual(
      [...page.matchAll(/^##? ([^A-Z].*|The.*)$/gm)].map(([, title]) => title),
      ["The verbs of eye", "eye look", "eye lid open"],
    );
    assert.ok(page.includes("\n\nAn eye.\n\n"));
    assert.doesNotMatch(page, /Blink|Move the lid/);
  });

  it("has a command's usage, options, examples and exit statuses, but for options of all", async () => {
    const page = await programReference(EYE, []);
    assert.ok(page.includes("```text\neye look [--out DIR|FILE]\n```"));
    assert.ok(page.includes("```sh\n# Look long.\neye look | less\n```"));
    assert.ok(page.includes("| 1 | nothing to see |"));
    assert.ok(page.includes("| `--out DIR\\|FILE` | Where to. |"));
    assert.doesNotMatch(page, /Show this help/);
  });

  it("has no table without rows", () => {
    assert.deepEqual(table(["a"], []), []);
  });
});
