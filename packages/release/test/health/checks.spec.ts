import assert from "node:assert/strict";
import {
  CHECK_KINDS,
  decodeHealthChecks,
  encodeHealthChecks,
  type HealthChecks,
  parseCanonical,
} from "@slipway/release";
import { describe, it } from "mocha";
import { refusalsOf, valueOf } from "../support/documents.ts";

/** One of each kind, with everything that it may have. */
const KINDS: Readonly<Record<string, object>> = {
  units: { active: ["nginx.service", "var-lib.mount"], none_failed: true },
  command: { argv: ["/bin/sh", "-c", "exit 3"], status: 3 },
  http: { url: "https://127.0.0.1:8443/healthz?deep=1", status: 204, contains: "ok" },
  tcp: { host: "::1", port: 22 },
  file: { path: "/run/ready", contains: "yes", fresh_seconds: 60 },
  space: { path: "/var", free_mib: 512, free_percent: 10 },
  clock: { state: "synchronised" },
  network: { state: "routable" },
};

const withCheck = (check: object): object => ({ schema: 1, checks: [{ name: "a", ...check }] });

const CLOCK = { clock: { state: "plausible" } };

describe("a file of health checks", () => {
  it("says what to look at, and how patiently", () => {
    const health = valueOf(
      decodeHealthChecks({
        schema: 1,
        deadline_seconds: 900,
        settle_seconds: 30,
        built_in: { network: "wanted" },
        checks: [
          {
            name: "web",
            level: "wanted",
            http: { url: "http://127.0.0.1/" },
            timeout_seconds: 3,
            retries: 4,
            interval_seconds: 7,
          },
        ],
      }),
    );
    assert.deepEqual(health, {
      deadlineSeconds: 900,
      settleSeconds: 30,
      builtIn: { network: "wanted" },
      checks: [
        {
          name: "web",
          level: "wanted",
          look: { kind: "http", what: { url: "http://127.0.0.1/" } },
          timeoutSeconds: 3,
          retries: 4,
          intervalSeconds: 7,
        },
      ],
    });
  });

  it("requires what it does not say otherwise, without a bound but the deadline", () => {
    const [check] = valueOf(decodeHealthChecks(withCheck(CLOCK))).checks;
    assert.deepEqual(check, {
      name: "a",
      level: "required",
      look: { kind: "clock", what: { state: "plausible" } },
      timeoutSeconds: 10,
      intervalSeconds: 5,
    });
  });

  it("may ask for nothing", () => {
    assert.deepEqual(valueOf(decodeHealthChecks({ schema: 1 })), { checks: [] });
  });

  it("comes back from its text, with checks of every kind", () => {
    assert.deepEqual(Object.keys(KINDS), CHECK_KINDS);
    const checks = Object.entries(KINDS).map(([kind, what], index) => ({
      name: `check-${index}`,
      level: index % 2 === 0 ? "wanted" : "required",
      [kind]: what,
      ...(index % 3 === 0 ? { retries: index } : {}),
    }));
    const health: HealthChecks = valueOf(decodeHealthChecks({ schema: 1, checks }));
    assert.equal(health.checks.length, CHECK_KINDS.length);
    for (const [index, { look }] of health.checks.entries())
      assert.deepEqual({ [look.kind]: look.what }, { [look.kind]: Object.values(KINDS)[index] });
    const bytes = new TextEncoder().encode(encodeHealthChecks(health));
    const parsed = valueOf(parseCanonical(bytes, { maxBytes: bytes.length, what: "the file" }));
    assert.deepEqual(valueOf(decodeHealthChecks(parsed)), health);
    const compared = { schema: 1, built_in: { network: "wanted", new_failures: "required" } };
    assert.deepEqual(JSON.parse(encodeHealthChecks(valueOf(decodeHealthChecks(compared)))), {
      ...compared,
      checks: [],
    });
    const failed = valueOf(decodeHealthChecks(withCheck({ units: { none_failed: true } })));
    const again: unknown = JSON.parse(encodeHealthChecks(failed));
    assert.deepEqual(valueOf(decodeHealthChecks(again)), failed);
  });

  const REFUSED: readonly (readonly [string, unknown, string])[] = [
    ["no object", [], "wrong-type at "],
    ["no schema", { checks: [] }, "missing at schema"],
    ["a newer schema", { schema: 2 }, "schema-too-new at schema"],
    ["an unknown member", { schema: 1, deadline: 5 }, "unknown-member at deadline"],
    [
      "a deadline of no time",
      { schema: 1, deadline_seconds: 59 },
      "out-of-range at deadline_seconds",
    ],
    [
      "a deadline of days",
      { schema: 1, deadline_seconds: 86_400 },
      "out-of-range at deadline_seconds",
    ],
    [
      "a deadline before everything has settled",
      { schema: 1, deadline_seconds: 60, settle_seconds: 31 },
      "contradiction at settle_seconds",
    ],
    [
      "a built-in check that nobody may do without",
      { schema: 1, built_in: { root: "wanted" } },
      "unknown-member at built_in.root",
    ],
    [
      "a level that is none",
      { schema: 1, built_in: { network: "off" } },
      "bad-shape at built_in.network",
    ],
    ["checks that are no list", { schema: 1, checks: {} }, "wrong-type at checks"],
    [
      "too many checks",
      { schema: 1, checks: Array.from({ length: 65 }, (_, n) => ({ name: `n${n}`, ...CLOCK })) },
      "too-many at checks",
    ],
    [
      "a name twice",
      {
        schema: 1,
        checks: [
          { name: "a", ...CLOCK },
          { name: "a", ...CLOCK },
        ],
      },
      "contradiction at checks.1.name",
    ],
    [
      "a name with a slash",
      { schema: 1, checks: [{ name: "a/b", ...CLOCK }] },
      "bad-shape at checks.0.name",
    ],
    ["a check without a name", { schema: 1, checks: [CLOCK] }, "missing at checks.0.name"],
    ["nothing to look at", withCheck({}), "missing at checks.0"],
    [
      "two things to look at",
      withCheck({ ...CLOCK, network: { state: "online" } }),
      "contradiction at checks.0",
    ],
    [
      "an unknown kind",
      withCheck({ icmp: {} }),
      "unknown-member at checks.0.icmp, missing at checks.0",
    ],
    ["an unknown level", withCheck({ level: "vital", ...CLOCK }), "bad-shape at checks.0.level"],
    [
      "no time at all",
      withCheck({ ...CLOCK, timeout_seconds: 0 }),
      "out-of-range at checks.0.timeout_seconds",
    ],
    [
      "half a second",
      withCheck({ ...CLOCK, interval_seconds: 0.5 }),
      "wrong-type at checks.0.interval_seconds",
    ],
    [
      "retries below none",
      withCheck({ ...CLOCK, retries: -1 }),
      "out-of-range at checks.0.retries",
    ],
    ["units that ask for nothing", withCheck({ units: {} }), "missing at checks.0.units"],
    [
      "units that ask for no more",
      withCheck({ units: { none_failed: false } }),
      "missing at checks.0.units",
    ],
    ["no unit", withCheck({ units: { active: [] } }), "wrong-type at checks.0.units.active"],
    [
      "a unit without a suffix",
      withCheck({ units: { active: ["nginx"] } }),
      "wrong-type at checks.0.units.active",
    ],
    [
      "an option as a unit",
      withCheck({ units: { active: ["--root=/.service"] } }),
      "wrong-type at checks.0.units.active",
    ],
    [
      "a line of shell",
      withCheck({ command: { argv: "true" } }),
      "bad-shape at checks.0.command.argv",
    ],
    [
      "a program without a path",
      withCheck({ command: { argv: ["true"] } }),
      "bad-shape at checks.0.command.argv.0",
    ],
    [
      "a status beyond a byte",
      withCheck({ command: { argv: ["/bin/a"], status: 256 } }),
      "out-of-range at checks.0.command.status",
    ],
    [
      "another scheme",
      withCheck({ http: { url: "file:///etc/shadow" } }),
      "bad-shape at checks.0.http.url",
    ],
    [
      "a password in a URL",
      withCheck({ http: { url: "http://a:b@c/" } }),
      "bad-shape at checks.0.http.url",
    ],
    [
      "a body over two lines",
      withCheck({ http: { url: "http://a/", contains: "a\nb" } }),
      "bad-shape at checks.0.http.contains",
    ],
    ["port 0", withCheck({ tcp: { host: "a", port: 0 } }), "out-of-range at checks.0.tcp.port"],
    ["no host", withCheck({ tcp: { port: 1 } }), "missing at checks.0.tcp.host"],
    [
      "a relative path",
      withCheck({ file: { path: "run/ready" } }),
      "bad-shape at checks.0.file.path",
    ],
    ["a NUL in a path", withCheck({ file: { path: "/a\0b" } }), "bad-shape at checks.0.file.path"],
    ["room for nothing", withCheck({ space: { path: "/var" } }), "missing at checks.0.space"],
    [
      "all of a disk",
      withCheck({ space: { path: "/", free_percent: 100 } }),
      "out-of-range at checks.0.space.free_percent",
    ],
    [
      "an unknown state of the clock",
      withCheck({ clock: { state: "synchronized" } }),
      "bad-shape at checks.0.clock.state",
    ],
    ["no state of the network", withCheck({ network: {} }), "missing at checks.0.network.state"],
  ];
  for (const [what, value, refusal] of REFUSED) {
    it(`is refused with ${what}`, () => {
      assert.equal(refusalsOf(decodeHealthChecks(value)).join(", "), refusal);
    });
  }
});
