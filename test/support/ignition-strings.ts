/** Configs full of texts put together from the pieces that Ignition's own little languages are made of: URLs, unit files, paths. */
import * as fc from "fast-check";

/** Texts of up to `maxLength` of the pieces. */
const madeOf = (pieces: readonly string[], maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...pieces), { maxLength }).map((parts) => parts.join(""));

const URL_PIECES = [
  ...[
    "http://",
    "https:",
    "data:",
    "data:,",
    "data:;base64,",
    "s3://",
    "gs:",
    "tftp:",
    "//",
    "/",
    "/",
  ],
  ...[
    "a",
    "b",
    "x-",
    "text/plain",
    "image/",
    ";",
    ";a=b",
    ";base64",
    '="',
    '"',
    "\\",
    "=",
    ",",
    ":",
    ":80",
  ],
  ...[
    "@",
    "u:p@",
    "[::1]",
    "]",
    "%41",
    "%2",
    "%",
    "%25",
    "%e9",
    "?",
    "versionId=",
    "&",
    "#",
    "+",
    "!",
    "'",
  ],
  ...[
    "$",
    "(",
    ")",
    "*",
    "<",
    ">",
    "^",
    "`",
    "{",
    "|",
    "~",
    " ",
    "\u00e9",
    "\u0001",
    "\n",
    ".",
    "-",
    "_",
    "Q",
    "YQ==",
  ],
];

const UNIT_PIECES = [
  ...[
    "[",
    "]",
    "[A]",
    "[Install]",
    "\n",
    "\n",
    "\r\n",
    "\\\n",
    "\\",
    "=",
    "a=b",
    "a",
    " ",
    "\t",
    "#",
    ";",
    "\u00a0",
  ],
  ...[
    "\u0085",
    "\ufeff",
    "\u2028",
    "\v",
    "\u00e9",
    "x".repeat(2040),
    "y".repeat(700),
    "\n".repeat(300),
    "=".repeat(9),
  ],
];

const PATH_PIECES = ["/", "/", "a", "b", ".", "..", "\u00e9", " ", "\u0000"];

const NAME_PIECES = ["a", "@", ".", "/", ".service", ".conf", ".mount", ".d", "\n", "\u00e9"];

const VERSION_PIECES = ["3", ".", "0", "0", "1", ".0", "-", "+", "a", "_", " ", "3.1.0"];

const url = madeOf(URL_PIECES, 7);

const file = fc.record({
  path: madeOf(PATH_PIECES, 5),
  contents: fc.record({
    source: url,
    verification: fc.record({ hash: madeOf(["sha512", "sha256", "-", "a".repeat(63), "b"], 4) }),
  }),
});

const unit = fc.record({
  name: madeOf(NAME_PIECES, 4),
  enabled: fc.boolean(),
  contents: madeOf(UNIT_PIECES, 14),
});

const version = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom("3.0.0", "3.1.0", "3.2.0", "3.3.0") },
  { weight: 1, arbitrary: madeOf(VERSION_PIECES, 6) },
);

/** Configs of many files and units, whose texts are each a small test. */
export const ignitionStrings: fc.Arbitrary<string> = fc
  .record({
    ignition: fc.record({ version, proxy: fc.record({ httpProxy: url, httpsProxy: url }) }),
    storage: fc.record({
      files: fc.array(file, { minLength: 20, maxLength: 20 }),
      links: fc.array(
        fc.record({
          path: madeOf(PATH_PIECES, 5),
          target: madeOf(PATH_PIECES, 5),
          hard: fc.boolean(),
        }),
        { maxLength: 6 },
      ),
      directories: fc.array(fc.record({ path: madeOf(PATH_PIECES, 4) }), { maxLength: 6 }),
    }),
    systemd: fc.record({ units: fc.array(unit, { minLength: 15, maxLength: 15 }) }),
  })
  .map((config) => JSON.stringify(config));
