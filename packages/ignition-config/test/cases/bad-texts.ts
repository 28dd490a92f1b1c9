import type { BadCase } from "./bad-case.ts";

const laughs = (levels: number): string =>
  Array.from({ length: levels }, (_, level) =>
    level === 0
      ? "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"
      : `a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(", ")}]`,
  ).join("\n");

const START = "variant: slipway\nversion: 1.0.0\n";
const GOOD = `${START}image: { name: a, version: 1 }\n`;

/** Whole documents. */
export const BAD_TEXTS: readonly BadCase[] = [
  {
    what: "a quote that is open at the end of its line",
    text: 'a: "x\nb: 1\n',
    findings: ["2:1 yaml-syntax"],
    says: ["close the quote"],
  },
  { what: "an empty file", text: "", findings: ["1:1 empty-document"] },
  {
    what: "a file of blanks and comments",
    text: "  \n# nothing\n\n",
    findings: ["1:1 empty-document"],
  },
  { what: "a document marker alone", text: "---\n", findings: ["1:1 empty-document"] },
  { what: "null", text: "~", findings: ["1:1 empty-document"] },
  { what: "a text", text: "hello world", findings: ["1:1 wrong-type"] },
  { what: "a list", text: "- variant: slipway", findings: ["1:1 wrong-type"] },
  { what: "a table of something else", text: "<html>\n<body>\n", findings: ["1:1 wrong-type"] },
  {
    what: "a broken flow mapping",
    text: "{a: 1",
    findings: ["1:6 yaml-syntax"],
    says: ["close the bracket"],
  },
  {
    what: "an open quote",
    text: 'a: "x',
    findings: ["1:6 yaml-syntax"],
    says: ["close the quote"],
  },
  {
    what: "tabs",
    text: "a:\n\tb: 1\n",
    findings: ["2:1 yaml-syntax"],
    says: ["indent with spaces"],
  },
  {
    what: "two values in a line",
    text: "a: b: c\n",
    findings: ["1:5 yaml-syntax"],
    says: ["quote a text"],
  },
  { what: "a control character", text: "a: \u0007\n", findings: ["1:4 yaml-syntax"] },
  { what: "a NUL byte", text: "a: ä\0b\n", findings: ["1:6 nul-byte"] },
  { what: "nesting", text: "[".repeat(1000), findings: ["1:64 nesting"] },
  { what: "a second document", text: `${GOOD}---\na: 1\n`, findings: ["5:1 several-documents"] },
  {
    what: "a second document without content",
    text: `${GOOD}---\n`,
    findings: ["5:1 several-documents"],
  },
  {
    what: "keys twice",
    text: `${GOOD}"variant": slipway\nstorage: { files: [], files: [] }\n`,
    findings: ["4:1 duplicate-key", "5:23 duplicate-key"],
    says: [`key "variant" is already defined on line 1`],
  },
  {
    what: "keys that are no text",
    text: `${GOOD}? [a]\n: 1\n? { b: 1 }\n: 2\n: 3\n1: x\ntrue: x\n`,
    findings: [
      "4:3 key-not-text",
      "6:3 key-not-text",
      "8:3 key-not-text",
      "9:1 unknown-key",
      "10:1 unknown-key",
    ],
  },
  {
    what: "an alias without an anchor",
    text: `${GOOD}storage: *nowhere\n`,
    findings: ["4:10 unknown-alias"],
  },
  {
    what: "an anchor that holds itself",
    text: `${GOOD}storage: &a { files: *a }\nsystemd: &b { units: [{ name: a.service, dropins: *b }] }\n`,
    findings: ["4:22 recursive-alias", "5:51 recursive-alias"],
  },
  {
    what: "a billion laughs",
    text: GOOD + laughs(9),
    findings: [
      ...["4:1", "5:1", "6:1", "7:1", "8:1", "9:1"].map((at) => `${at} unknown-key`),
      "9:25 alias-explosion",
      ...["10:1", "11:1", "12:1"].map((at) => `${at} unknown-key`),
    ],
  },
  {
    what: "tags that mean nothing",
    text: `${GOOD}storage: !mine { files: [] }\nsystemd: !!seq { units: [] }\npasswd: { users: [{ name: !!binary eA== }] }\n`,
    findings: ["4:10 unknown-tag", "5:10 unknown-tag", "6:27 unknown-tag"],
  },
  {
    what: "no variant and no version",
    text: "image: { name: a, version: 1 }",
    findings: ["1:1 missing-key", "1:1 missing-key"],
  },
  {
    what: "a variant of another program",
    text: "variant: openshift\nversion: 1.5.0\nboot_device: {}\n",
    findings: ["1:10 unknown-variant"],
    says: ["use `variant: slipway`"],
  },
  {
    what: "a misspelt variant",
    text: "variant: Slipway\nversion: 1.0.0\nimage: { name: a, version: 1 }\n",
    findings: ["1:10 unknown-value"],
    says: ["did you mean `slipway`?"],
  },
  {
    what: "a version of the future",
    text: "variant: slipway\nversion: 2.0.0\nnew: {}\n",
    findings: ["2:10 unknown-version"],
    says: ["write `version: 1.0.0`"],
  },
  {
    what: "a version that is none",
    text: "variant: slipway\nversion: 1.0\nnew: {}\n",
    findings: ["2:10 unknown-version", "3:1 unknown-key"],
  },
];
