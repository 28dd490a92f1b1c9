/** What the agent says to Prometheus, held against Prometheus' own program. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { METRICS, type MetricSource, metricsText } from "@slipway/agent";
import { describe, it } from "mocha";
import { requireTools } from "../support/require-tools.ts";

const NOW = 1_767_225_600;
const release = (version: string) => ({ version, roothash: version.repeat(64).slice(0, 64) });

const polling = { checkAtMs: NOW * 1000, failures: 2 };

const PLAIN: MetricSource = {
  image: "edge",
  architecture: "x86_64",
  observed: {
    bootId: "b",
    booted: { ...release("2"), slot: "a", standing: "good", securityEpoch: 1 },
    degraded: [],
    other: { release: release("3"), standing: "staged" },
  },
  ledger: {
    forbidden: new Map(),
    pin: { version: 'odd "quoted" \\ text\nof two lines', since: NOW },
    pause: undefined,
    floor: 1,
    epochs: new Map(),
    current: release("2"),
    isCurrentGood: true,
    currentSince: NOW,
    unfinished: undefined,
    history: [],
    damage: [],
  },
  state: { kind: "steady", polling },
  lastCheck: {
    at: NOW,
    answer: { kind: "offer", release: { ...release("3"), securityEpoch: 1 } },
  },
  rollback: { kind: "release", release: release("1") },
  config: {
    settings: {
      repository: [],
      channel: "stable",
      pollSeconds: 60,
      strategy: "window",
      stage: "early",
      windows: [{ text: "daily 02:00 for 1h", lengthMinutes: 60, beginsOn: () => [120] }],
      timeZone: "UTC",
      blackouts: [],
      lockServer: undefined,
      lockGroup: "default",
      group: undefined,
      wariness: undefined,
      bytesPerSecond: undefined,
      factoryResetKeep: [],
      hookTimeoutSeconds: undefined,
      sessionPostponeMinutes: 10,
      sessionPostponeTimes: 3,
      metricsListen: undefined,
    },
    origins: new Map(),
    findings: [],
    files: [],
  },
  progress: { doneBytes: 1, totalBytes: 2 },
  varFreeBytes: 2 ** 40,
  espFreeBytes: 0,
  now: NOW,
  blockers: ["PINNED", "wave"],
  process: {
    agentVersion: "0.1.0",
    nodeVersion: "26.10.0",
    startedAt: NOW - 0.123_456_789,
    cpuSeconds: 1e-7,
    residentBytes: 7e7,
    eventClients: 0,
    ordersWaiting: 0,
    answers: new Map([
      [503, 1],
      [200, 2],
    ]),
  },
};

const ON_PROBATION: MetricSource = {
  ...PLAIN,
  state: { kind: "probation", release: release("2"), bootId: "b", sinceMs: 0, deadlineMs: 1 },
};

describe("the agent's metrics", () => {
  requireTools("promtool");

  for (const [what, source] of [
    ["at rest", PLAIN],
    ["on probation", ON_PROBATION],
  ] as const)
    it(`are what promtool takes, without a remark: ${what}`, () => {
      const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], {
        input: metricsText(METRICS, source),
        encoding: "utf8",
      });
      assert.deepEqual([status, stdout, stderr], [0, "", ""]);
    });
});
