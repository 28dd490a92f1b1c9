import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import { findingLine } from "../../src/config/finding.ts";
import { machineSettings } from "../../src/config/machine-settings.ts";
import { isUsable } from "../../src/config/config.ts";
import { mergeSettings } from "../../src/config/merge.ts";
import { DEFAULTS, SETTING_RULES } from "../../src/config/settings.ts";

const merged = (...texts: readonly string[]) =>
  mergeSettings(texts.map((text, index) => ({ file: `/etc/${index}.yaml`, text })));

const said = (...texts: readonly string[]): readonly string[] =>
  merged(...texts).findings.map(findingLine);

describe("settings", () => {
  it("are what they are by themselves where nobody says anything", () => {
    for (const texts of [[], [""], ["# only a comment\n"], ["---\n"], ["{}"]]) {
      const { settings, findings } = merged(...texts);
      assert.deepEqual([settings, findings], [DEFAULTS, []], JSON.stringify(texts));
    }
  });

  it("are read in full", () => {
    const { settings, findings } = merged(`repository:
  - https://a.example/slipway
  - file:///media/repo
channel: edge
poll_seconds: 60
strategy: window
stage: at-window
windows:
  - Sat,Sun 02:00 for 4h
  - cron 0 3 * * 2#2 for 90m
time_zone: Europe/Berlin
blackouts: ["2026-12-18 to 2027-01-06", 2027-05-01]
lock_server: https://locks.example.org:8443/fleet//
lock_group: Rack-7.b
group: canary
wariness: 0.25
bytes_per_second: 1000000
factory_reset_keep: /var/lib/pg
metrics_listen: "[::1]:9464"
hook_timeout_seconds: 120
session_postpone_minutes: 5
session_postpone_times: 0
`);
    assert.deepEqual(findings, []);
    const { windows, ...others } = settings;
    assert.deepEqual(
      windows.map(({ text, lengthMinutes }) => [text, lengthMinutes]),
      [
        ["Sat,Sun 02:00 for 4h", 240],
        ["cron 0 3 * * 2#2 for 90m", 90],
      ],
    );
    assert.deepEqual(others, {
      repository: ["https://a.example/slipway", "file:///media/repo"],
      channel: "edge",
      pollSeconds: 60,
      strategy: "window",
      stage: "at-window",
      timeZone: "Europe/Berlin",
      blackouts: [
        { first: "2026-12-18", last: "2027-01-06" },
        { first: "2027-05-01", last: "2027-05-01" },
      ],
      lockServer: "https://locks.example.org:8443/fleet",
      lockGroup: "Rack-7.b",
      hookTimeoutSeconds: 120,
      sessionPostponeMinutes: 5,
      sessionPostponeTimes: 0,
      group: "canary",
      wariness: 0.25,
      bytesPerSecond: 1_000_000,
      factoryResetKeep: ["/var/lib/pg"],
      metricsListen: "[::1]:9464",
    });
    assert.equal(SETTING_RULES.size, Object.keys(settings).length);
  });

  it("are those that the README shows", () => {
    const readme = readFileSync(path.join(import.meta.dirname, "../../../../README.md"), "utf8");
    const [, text = ""] =
      /```yaml\n# \/etc\/slipway\/agent\.d\/50-site\.yaml\n([^]*?)```/.exec(readme) ?? [];
    const [, more = ""] =
      /```yaml\n# \/etc\/slipway\/agent\.d\/60-lock\.yaml\n([^]*?)```/.exec(readme) ?? [];
    const { settings, findings } = merged(text);
    assert.deepEqual(findings, []);
    assert.deepEqual([settings.strategy, settings.windows.length], ["window", 2]);
    const locked = merged(text, more);
    assert.deepEqual([locked.settings.strategy, locked.findings], ["lock", []]);
    assert.equal(locked.settings.lockGroup, "rack-7");
  });

  it("of the machine are manual while a file has an error, and name the lock server", () => {
    const text = "strategy: lock\nlock_server: https://locks.example/\n";
    const lockServer = { address: "https://locks.example", group: "default" };
    const { strategy, lockServer: asked, schedule } = machineSettings(merged(text), "node-1");
    assert.deepEqual([strategy, asked, schedule.nodeId], ["lock", lockServer, "node-1"]);
    assert.equal(machineSettings(merged(text, "stage: x"), undefined).strategy, "manual");
  });

  it("of a later file win key by key, and each knows its line", () => {
    const { settings, origins } = merged(
      "channel: stable\npoll_seconds: 60\n",
      "# ours\nchannel: edge",
    );
    assert.deepEqual([settings.channel, settings.pollSeconds], ["edge", 60]);
    assert.deepEqual(origins.get("channel"), { file: "/etc/1.yaml", line: 2 });
    assert.deepEqual(origins.get("pollSeconds"), { file: "/etc/0.yaml", line: 2 });
    assert.ok(!origins.has("group"));
  });

  it("take one address without a list", () => {
    assert.deepEqual(merged("repository: http://10.0.2.2:8080").settings.repository, [
      "http://10.0.2.2:8080",
    ]);
  });

  const WRONG: readonly (readonly [string, RegExp])[] = [
    [
      "channel: stable\nstrategy: manul",
      /^\/etc\/0\.yaml:2:11: strategy: there is no 'manul' \(write immediate or window or lock or manual\)$/,
    ],
    [
      "stratgey: manual",
      /^\/etc\/0\.yaml:1:1: there is no setting 'stratgey' \(did you mean strategy\?\)$/,
    ],
    ["lock_sever: https://x/", /there is no setting 'lock_sever' \(did you mean lock_server\?\)$/],
    ["blackout: 2026-12-18", /did you mean blackouts\?/],
    ["pollseconds: 60", /did you mean poll_seconds\?/],
    ["poll_seconds: 0", /:1:15: poll_seconds: '0' is no such number \(write a whole number from 1/],
    ["hook_timeout_seconds: 0", /no such number \(write a whole number from 1 to 1800/],
    ["session_postpone_times: 101", /no such number \(write a whole number from 0 to 100/],
    ["poll_seconds: 1e3", /no such number/],
    ['poll_seconds: "60"', /no such number/],
    ["poll_seconds: [60]", /a number belongs here/],
    ["wariness: 1.1", /no such number/],
    [
      "strategy: window",
      /^\/etc\/0\.yaml:1:1: the strategy is window, and there are no windows \(set/,
    ],
    [
      "strategy: lock\nlock_group: a",
      /^\/etc\/0\.yaml:1:1: the strategy is lock, and there is no lock server \(set `lock_server`/,
    ],
    ["lock_server: locks.example", /:1:14: lock_server: this is no address of a lock server/],
    ["lock_server: file:///x", /this is no address/],
    ["lock_server: https://me:secret@x/", /this is no address of a lock server \(write such/],
    ["lock_server: https://x/?a=b", /this is no address/],
    ["lock_server: [https://x/]", /an address belongs here/],
    ["lock_group: a b", /'a b' is no group of a lock server \(write up to 64 letters/],
    ["windows: [Sun 02:00]", /:1:11: windows: 'Sun 02:00' is no window: it has no length/],
    ["windows: {days: [sun]}", /a window belongs here/],
    ["time_zone: +02:00", /there is no time zone '\+02:00' \(write such as Europe/],
    ["time_zone: Europe/Nowhere", /there is no time zone/],
    ["blackouts: 2026-02-30", /'2026-02-30' is no range of days/],
    ["blackouts: 2027-01-06 to 2026-12-18", /ends before it begins/],
    ["metrics_listen: 9464", /'9464' is no address to listen on \(write an address and a port/],
    ["metrics_listen: localhost:9464", /no address to listen on/],
    ["metrics_listen: 127.0.0.1:0", /no address to listen on/],
    ["metrics_listen: 127.0.0.1:65536", /no address to listen on/],
    ["metrics_listen: 256.0.0.1:9464", /no address to listen on/],
    ['metrics_listen: "[::x]:9464"', /no address to listen on/],
    ["metrics_listen: [127.0.0.1:9464]", /an address belongs here/],
    ["channel: A b", /'A b' is no name/],
    ["repository: ftp://x/", /this is no address/],
    ["repository: [https://x/?token=1]", /this is no address/],
    ["repository: {a: b}", /an address belongs here/],
    [`repository: [${Array.from({ length: 9 }, () => "http://x/").join(", ")}]`, /more than 8/],
    ["channel: a\nchannel: b", /:2:1: channel stands here a second time/],
    ["- a\n- b", /the file is no list of settings/],
    ["channel: &a stable", /an anchor stands here/],
    ["channel: *a", /an alias stands here/],
    ["channel: !!str stable", /a tag stands here/],
    ["? [a]\n: b", /a key is no text/],
    ["channel: a\n---\nchannel: b", /second document/],
    ["channel: [a", /:\d+:\d+: /],
    ["\tchannel: a", /:1:\d+: /],
    ["a:\n b:\n  c:\n   d:\n    e:\n     f:\n      g:\n       h:\n        i: 1", /nesting/],
    [`group:\n${"  - a\n".repeat(5000)}`, /more than 4000/],
  ];
  for (const [text, message] of WRONG) {
    it(`hold updates for ${JSON.stringify(text.slice(0, 40))}, and say where`, () => {
      const config = merged(text);
      assert.equal(config.findings.length, 1, said(text).join("\n"));
      assert.match(said(text)[0] ?? "", message);
      assert.equal(isUsable(config), false);
    });
  }

  it("of one key in error leave the other keys as they are", () => {
    const { settings, findings } = merged("channel: edge", "channel: ÄÖ\npoll_seconds: 5");
    assert.deepEqual([settings.channel, settings.pollSeconds, findings.length], ["edge", 5, 1]);
  });

  it("that a newer release knows are left alone, with a warning", () => {
    const config = merged("fleet_server: https://fleet.example/");
    assert.deepEqual(said("fleet_server: https://fleet.example/"), [
      "/etc/0.yaml:1:1: there is no setting 'fleet_server' (it is left alone)",
    ]);
    assert.equal(isUsable(config), true);
  });

  it("never repeat an address in a message", () => {
    const text = "repository: [https://me:secret@x/?a]";
    assert.doesNotMatch(said(text).join("\n"), /secret/);
  });

  it("take no more findings than somebody reads", () => {
    const text = Array.from({ length: 400 }, (_, index) => `zz${index}: 1`).join("\n");
    assert.equal(merged(text).findings.length, 100);
  });

  it("are told of a file that cannot be read", () => {
    const { findings } = mergeSettings([{ file: "/etc/a.yaml", problem: "it is no UTF-8" }]);
    assert.deepEqual(findings.map(findingLine), ["/etc/a.yaml: it is no UTF-8"]);
  });
});
