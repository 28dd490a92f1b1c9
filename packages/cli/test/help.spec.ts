import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  asksForHelp,
  commandHelp,
  HELP_COLUMNS,
  twoColumns,
  wrap,
} from "@slipway/host/command-line";
import { COMMANDS } from "../src/commands/registry.ts";
import { PROGRAM } from "../src/exit-status.ts";
import { overview } from "../src/help/overview.ts";

describe("the overview", () => {
  it("names every command with its summary", () => {
    for (const { name, summary } of COMMANDS) {
      assert.ok(overview().includes(`  ${name.padEnd(8)}  ${summary}\n`), name);
    }
  });

  it("fits half a screen", () => {
    for (const line of overview().split("\n")) assert.ok(line.length <= HELP_COLUMNS, line);
  });
});

/** Every command of one word and of two. */
const commandsAndVerbs = async () => {
  const all = await Promise.all(
    COMMANDS.map(async (registered) => {
      const { verbs = [] } = await registered.load();
      return [
        registered,
        ...verbs.map((verb) => ({ ...verb, name: `${registered.name} ${verb.name}` })),
      ];
    }),
  );
  return all.flat();
};

const ALL = await commandsAndVerbs();

describe("the help of", () => {
  for (const { name, summary, load } of ALL) {
    it(`${name} has usage, options, two examples or more, and exit statuses`, async () => {
      const { help } = await load();
      assert.equal(help.summary, summary);
      assert.ok(help.usage.every((usage) => usage.startsWith(name)));
      assert.ok(help.examples.length >= 2);
      assert.ok(asksForHelp(help.options, ["-h"]));
      const text = commandHelp(help, PROGRAM);
      for (const option of Object.keys(help.options))
        assert.ok(text.includes(`--${option}`), option);
      for (const status of ["0 ", "1 ", "2 ", "3 ", "75 ", "130 "]) {
        assert.match(text, new RegExp(`^  ${status} `, "m"));
      }
      for (const { line } of help.examples) assert.ok(text.includes(`  ${line}\n`), line);
      assert.match(text, /\nUsage: slipway /);
      assert.doesNotMatch(text, /undefined| \n/);
    });
  }
});

describe("laying out help", () => {
  it("breaks lines between words and loses none", () => {
    assert.deepEqual(wrap("aa bb cc dd", 5), ["aa bb", "cc dd"]);
    assert.deepEqual(wrap("aaaaaaaa b", 5), ["aaaaaaaa", "b"]);
  });

  it("sets two columns, with a line of its own for what is too long for the first", () => {
    assert.deepEqual(
      twoColumns(
        [
          ["-a", "one two"],
          ["-bb", "three"],
        ],
        14,
      ),
      ["  -a   one two", "  -bb  three"],
    );
    const long = "x".repeat(30);
    assert.deepEqual(twoColumns([[long, "one"]], 60), [`  ${long}`, `${" ".repeat(28)}one`]);
  });
});
