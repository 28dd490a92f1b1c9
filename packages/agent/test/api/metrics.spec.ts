import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { METRICS } from "../../src/api/metrics/table.ts";
import { mergeSettings } from "../../src/config/merge.ts";
import { aLedger, aLook, NOW, OFFERED, STAGED, THREE, TWO } from "../cli/an-agent.ts";
import type { Look } from "../../src/cli/agent.ts";
import { anApiServer } from "./a-server.ts";

/** Text format 0.0.4, read as strictly as its description has it. */
const parse = (text: string): ReadonlyMap<string, number> => {
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const samples = new Map<string, number>();
  assert.ok(text.endsWith("\n"));
  for (const line of text.slice(0, -1).split("\n")) {
    const [, helpOf] = /^# HELP ([a-z_]+) \S.*$/.exec(line) ?? [];
    const [, typeOf, type = ""] = /^# TYPE ([a-z_]+) (gauge|counter)$/.exec(line) ?? [];
    if (helpOf !== undefined) {
      assert.ok(!helped.has(helpOf), line);
      helped.add(helpOf);
    } else if (typeOf !== undefined) {
      assert.ok(helped.has(typeOf) && !types.has(typeOf), line);
      types.set(typeOf, type);
    } else {
      const [, name = "", labels = "", value] =
        /^([a-z_]+)((?:\{[a-z]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z]+="(?:[^"\\\n]|\\[\\"n])*")*\})?) (-?[0-9.e+]+)$/.exec(
          line,
        ) ?? [];
      assert.ok(types.has(name), line);
      assert.ok(!samples.has(name + labels), line);
      samples.set(name + labels, Number(value));
    }
  }
  return samples;
};

const metricsOf = async (look: Partial<Look> = {}): Promise<ReadonlyMap<string, number>> => {
  await using api = await anApiServer({ look: async () => aLook(look) });
  const said = await api.ask("GET", "/metrics");
  assert.equal(said.status, 200);
  assert.equal(said.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
  return parse(said.text);
};

const FULL: Partial<Look> = {
  observed: {
    ...aLook().observed,
    other: { release: THREE, standing: "staged" },
    degraded: ["the disk is damaged"],
  },
  state: { ...STAGED, attempts: 2 },
  ledger: aLedger({
    history: (["rolled-back", "failed", "good", "finalized", "staged"] as const).map(
      (kind, index) => ({
        kind,
        release: TWO,
        from: TWO,
        target: TWO,
        reason: "slow",
        securityEpoch: 1,
        seq: 90 - index,
        at: NOW,
      }),
    ),
    pin: { version: 'a "quoted"\n\\ version', since: NOW },
    pause: { since: NOW },
    forbidden: new Map([[THREE.roothash, { release: THREE, reason: "slow", since: NOW }]]),
    floor: 4,
    epochs: new Map([[TWO.roothash, 5]]),
  }),
  lastCheck: { at: NOW - 5, answer: { kind: "offer", release: OFFERED } },
  config: mergeSettings([
    {
      file: "/etc/a.yaml",
      text: "repository: https://a/\nstrategy: window\nwindows: daily 02:00 for 1h\n",
    },
  ]),
  progress: { task: "stage", message: "root fetched", doneBytes: 10, totalBytes: 20 },
};

describe("the metrics", () => {
  it("are more than 25 on the plainest node", async () => {
    const found = await metricsOf();
    const names = new Set([...found.keys()].map((name) => name.replace(/\{.*/, "")));
    assert.ok(names.size > 25, String(names.size));
  });

  it("say in numbers what the node is", async () => {
    const found = await metricsOf(FULL);
    const version = (name: string, one: string): string =>
      `slipway_${name}{version="${one}",roothash="${one.padStart(8, "0").repeat(8)}"}`;
    for (const [name, value] of [
      ['slipway_state{state="staged"}', 1],
      ['slipway_state{state="steady"}', 0],
      ["slipway_state_attempts", 2],
      ["slipway_degraded", 1],
      ["slipway_booted_blessed", 1],
      ["slipway_booted_since_timestamp_seconds", NOW - 7200],
      ["slipway_booted_security_epoch", 5],
      ["slipway_security_floor", 4],
      [version("staged_release_info", "3"), 1],
      [version("rollback_release_info", "1"), 1],
      [version("offered_release_info", "3"), 1],
      ["slipway_paused", 1],
      ["slipway_pinned", 1],
      ['slipway_pin_info{version="a \\"quoted\\"\\n\\\\ version"}', 1],
      ["slipway_forbidden_releases", 1],
      ["slipway_last_check_timestamp_seconds", NOW - 5],
      ["slipway_last_answer_timestamp_seconds", NOW - 5],
      ['slipway_last_check_result{result="offer"}', 1],
      ["slipway_check_failures", 0],
      ["slipway_next_check_timestamp_seconds", NOW + 60],
      ["slipway_window_open", 0],
      ["slipway_next_window_timestamp_seconds", NOW + 7200],
      ['slipway_blocker{code="PAUSED"}', 1],
      ['slipway_blocker{code="WINDOW_CLOSED"}', 1],
      ["slipway_releases_staged_total", 1],
      ["slipway_updates_finalized_total", 1],
      ["slipway_releases_good_total", 1],
      ["slipway_releases_failed_total", 1],
      ["slipway_rollbacks_total", 1],
      ["slipway_ledger_lines_total", 90],
      ["slipway_fetch_done_bytes", 10],
      ["slipway_fetch_expected_bytes", 20],
      ["slipway_var_free_bytes", 2 ** 30],
      ["slipway_esp_free_bytes", 2 ** 29],
      ['slipway_api_answers_total{status="200"}', 3],
    ] as const)
      assert.equal(found.get(name), value, name);
  });

  it("say when a probation ends, and when the repository was last heard", async () => {
    const found = await metricsOf({
      state: {
        kind: "probation",
        release: TWO,
        bootId: "b",
        sinceMs: NOW * 1000,
        deadlineMs: (NOW + 300) * 1000,
      },
      lastCheck: {
        at: NOW,
        heardAt: NOW - 99,
        answer: { kind: "failed", failure: { code: "UNREACHABLE", message: "no route" } },
      },
      rollback: { kind: "none", why: { code: "X", message: "none" } },
    });
    assert.equal(found.get("slipway_probation_deadline_timestamp_seconds"), NOW + 300);
    assert.equal(found.get("slipway_last_answer_timestamp_seconds"), NOW - 99);
    assert.equal(found.get("slipway_rollback_available"), 0);
    assert.ok(![...found.keys()].some((name) => name.startsWith("slipway_rollback_release_info")));
  });

  it("have names with units, and the labels that the document gives", async () => {
    for (const { name, type, help, labels = [], samples } of METRICS) {
      assert.match(name, /^[a-z]+(?:_[a-z]+)*$/);
      assert.equal(name.endsWith("_total"), type === "counter", name);
      assert.match(help, /^[A-Z0-9].*\.$/);
      assert.doesNotMatch(help, /[|\n]/);
      for (const look of [{}, FULL]) {
        const source = {
          ...aLook(look),
          blockers: ["A"],
          process: (await import("./a-server.ts")).PROCESS,
        };
        for (const { labels: found = {} } of samples(source))
          assert.deepEqual(Object.keys(found), [...labels], name);
      }
    }
  });
});
