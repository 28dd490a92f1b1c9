import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { asksForHelp, choice, parseArguments, wholeNumber } from "../../src/command-line/parse.ts";
import { UsageError } from "../../src/command-line/usage-error.ts";

const failsWith = (
  work: () => unknown,
  { message, hint }: { readonly message: RegExp; readonly hint?: RegExp },
): void => {
  assert.throws(work, (error) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, message);
    if (hint !== undefined) assert.match(error.hint ?? "", hint);
    return true;
  });
};

const OPTIONS = {
  arch: { type: "string", multiple: true, value: "ARCH", help: "" },
  out: { type: "string", value: "DIR", help: "" },
  json: { type: "boolean", help: "" },
  "no-cache": { type: "boolean", help: "" },
  help: { type: "boolean", short: "h", help: "" },
} as const;

const parse = (...args: readonly string[]) => {
  const { values, positionals } = parseArguments(args, OPTIONS, {
    name: "FILE",
    least: 1,
    most: 2,
  });
  return { ...values, positionals };
};

describe("reading arguments by a table", () => {
  it("takes options before, after and between operands", () => {
    assert.deepEqual(parse("--out", "o", "a", "--json", "b", "--arch=x", "--arch", "y"), {
      out: "o",
      json: true,
      arch: ["x", "y"],
      positionals: ["a", "b"],
    });
  });

  it("takes the last of an option given twice, as people expect who put options into an alias", () => {
    assert.equal(parse("a", "--out", "one", "--out", "two").out, "two");
  });

  it("takes everything after -- as operands", () => {
    assert.deepEqual(parse("--", "--json").positionals, ["--json"]);
  });

  it("takes values that begin with a dash only where that is meant", () => {
    assert.equal(parse("a", "--out=-x").out, "-x");
    assert.equal(parse("a", "--out", "-").out, "-");
  });

  const REFUSED: readonly (readonly [readonly string[], RegExp, RegExp?])[] = [
    [[], /^FILE is missing$/],
    [["a", "b", "c"], /^'c' is one FILE too many$/],
    [[""], /^FILE is an empty text$/],
    [["a", "--jsn"], /^there is no option '--jsn'$/, /^did you mean --json\?$/],
    [["a", "--nocache"], /no option '--nocache'/, /--no-cache/],
    [["a", "--output", "x"], /no option '--output'/, /--out\?/],
    [["a", "--zzz"], /^there is no option '--zzz'$/],
    [["a", "-x"], /^there is no option '-x'$/],
    [["a", "--__proto__"], /^there is no option '--__proto__'$/],
    [["a", "--constructor", "x"], /^there is no option '--constructor'$/],
    [["a", "--json=yes"], /^--json takes no value$/],
    [["a", "--no-json"], /^there is no option '--no-json'$/],
    [["a", "--out"], /^--out needs a value$/, /^write --out DIR$/],
    [["a", "--out="], /^--out has an empty value$/],
    [["a", "--out", ""], /^--out has an empty value$/],
    [["a", "--out", "--json"], /^--out needs a value, and '--json' looks like the next option$/],
    [["a", "--arch", "x", "--arch"], /^--arch needs a value$/, /--arch ARCH/],
    [["a", "--\u001b[2Jx"], /^there is no option '--x'$/],
  ];
  for (const [args, message, hint] of REFUSED) {
    it(`refuses ${JSON.stringify(args)}`, () => {
      failsWith(() => parse(...args), {
        message,
        ...(hint === undefined ? {} : { hint }),
      });
    });
  }
});

describe("asking for help", () => {
  for (const args of [["--help"], ["-h"], ["x", "--wrong", "--help"], ["--out=a", "-h", "x"]]) {
    it(`is seen in ${args.join(" ")}`, () => assert.ok(asksForHelp(OPTIONS, args)));
  }
  for (const args of [[], ["--", "--help"], ["--out", "--help"], ["help"]]) {
    it(`is not seen in '${args.join(" ")}'`, () => assert.ok(!asksForHelp(OPTIONS, args)));
  }
});

describe("values of options", () => {
  it("are whole numbers in a range", () => {
    const range = { least: 1, most: 300 };
    assert.equal(wholeNumber("memory", "300", range), 300);
    for (const text of ["0", "301", "-1", "1.5", "1e2", "0x10", " 1", "x", "9".repeat(30)]) {
      failsWith(() => wholeNumber("memory", text, range), {
        message: /^--memory is '/,
        hint: /^give a whole number from 1 to 300$/,
      });
    }
  });

  it("are one of several words", () => {
    assert.equal(choice("format", "json", ["text", "json"]), "json");
    failsWith(() => choice("format", "jsn", ["text", "json"]), {
      message: /^--format is 'jsn'$/,
      hint: /^did you mean json\? There are text, json$/,
    });
    failsWith(() => choice("format", "xml!", ["text", "json"]), {
      message: /xml/,
      hint: /^choose from text, json$/,
    });
  });
});
