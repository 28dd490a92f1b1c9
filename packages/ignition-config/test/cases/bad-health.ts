import type { BadCase } from "./bad-case.ts";

const HEAD = "image: { name: a, version: 1, health: ";

/** `image.health` alone; these texts begin in line 3. */
const health = (
  what: string,
  text: string,
  finding: string,
  ...says: readonly string[]
): BadCase => ({ what, text: `${HEAD}${text} }`, findings: [finding], says });

/** One check; `text` begins in column 60. */
const check = (what: string, text: string, finding: string, ...says: readonly string[]): BadCase =>
  health(what, `{ checks: [{ name: web, ${text} }] }`, finding, ...says);

export const BAD_HEALTH: readonly BadCase[] = [
  health("a deadline of no time", "{ deadline_seconds: 30 }", "3:59 number-range", "60 and 3600"),
  health(
    "a deadline before everything has settled",
    "{ deadline_seconds: 60, settle_seconds: 31 }",
    "3:79 health-check",
    "more than half of the deadline of 60",
  ),
  health(
    "a built-in check that is not to be had otherwise",
    "{ built_in: { root: wanted } }",
    "3:53 unknown-key",
  ),
  health("an unknown key", "{ deadline: 600 }", "3:41 unknown-key", "deadline_seconds"),
  health(
    "a check without a name",
    "{ checks: [{ tcp: { host: a, port: 1 } }] }",
    "3:50 missing-key",
  ),
  health(
    "a name with a slash",
    "{ checks: [{ name: a/b, tcp: { host: a, port: 1 } }] }",
    "3:58 health-check",
    "`a-b`",
  ),
  health(
    "a name twice",
    "{ checks: [{ name: a, clock: { state: plausible } }, { name: a, clock: { state: plausible } }] }",
    "3:100 duplicate-entry",
  ),
  health(
    "too many checks",
    `{ checks: [${Array.from({ length: 65 }, (_, n) => `{ name: n${n}, clock: { state: plausible } }`).join(", ")}] }`,
    "3:49 too-large",
  ),
  check(
    "a check of nothing",
    "level: wanted",
    "3:58 health-check",
    "looks at nothing",
    "units, command",
  ),
  check(
    "a check of two things",
    "tcp: { host: a, port: 1 }, clock: { state: plausible }",
    "3:97 health-check",
    "`tcp` and `clock`",
  ),
  check(
    "an unknown level",
    "level: optional, clock: { state: plausible }",
    "3:70 unknown-value",
    "`wanted`",
  ),
  {
    what: "an unknown kind",
    text: `${HEAD}{ checks: [{ name: web, ping: { host: a } }] } }`,
    findings: ["3:58 health-check", "3:63 unknown-key"],
  },
  check(
    "a try without time",
    "clock: { state: plausible }, timeout_seconds: 0",
    "3:109 number-range",
  ),
  check("a unit without a suffix", "units: { active: [nginx] }", "3:81 unit-name", "nginx.service"),
  check(
    "units that ask for nothing",
    "units: { none_failed: false }",
    "3:70 health-check",
    "passes for ever",
  ),
  check("a command of one text", "command: { argv: /bin/true }", "3:80 wrong-type"),
  check(
    "a program without a path",
    "command: { argv: [true-or-not] }",
    "3:81 health-check",
    "absolute path",
  ),
  check("no program", "command: { argv: [] }", "3:80 health-check", "without a program"),
  check(
    "another scheme",
    'http: { url: "ftp://a/" }',
    "3:76 health-check",
    "http://127.0.0.1:8080/healthz",
  ),
  check("a password in a URL", 'http: { url: "http://a:b@c/" }', "3:76 url-secret"),
  check("a status that is none", 'http: { url: "http://a/", status: 99 }', "3:97 number-range"),
  check("an address in brackets", 'tcp: { host: "[::1]", port: 1 }', "3:76 health-check", "`::1`"),
  check("no port", "tcp: { host: a }", "3:68 missing-key", '"port"'),
  check("a relative path", "file: { path: run/ready }", "3:77 path", "`/run/ready`"),
  check("room for nothing", "space: { path: /var }", "3:70 health-check", "`free_mib`"),
  check(
    "all of a disk",
    "space: { path: /var, free_mib: 1, free_percent: 100 }",
    "3:111 number-range",
  ),
  check(
    "an American clock",
    "clock: { state: synchronized }",
    "3:79 unknown-value",
    "`synchronised`",
  ),
];
