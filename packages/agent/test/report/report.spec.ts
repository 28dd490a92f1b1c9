import assert from "node:assert/strict";
import type { Verdict } from "@slipway/release";
import { describe, it } from "mocha";
import type { LedgerRecord } from "../../src/ledger/entry.ts";
import {
  encodeReport,
  MAX_REPORT_BYTES,
  type ReportInput,
  reportOf,
} from "../../src/report/report.ts";
import { aLedger, aLook, NOW, ONE, say, THREE, TWO } from "../cli/an-agent.ts";

const { observed } = aLook();

const inputOf = (with_: Partial<ReportInput> = {}): ReportInput => ({
  madeAt: NOW,
  agent: "1.2",
  node: {
    id: "node",
    image: "edge",
    architecture: "x86_64",
    channel: "stable",
    strategy: "immediate",
    repository: ["https://me:hush@updates.example/"],
  },
  machine: { disks: [], links: [] },
  observed,
  ledger: aLedger(),
  degraded: [],
  state: { kind: "steady" },
  why: [],
  ...with_,
});

const failed = (seq: number, lines: readonly string[]): LedgerRecord => ({
  kind: "failed",
  release: THREE,
  reason: "ssh is down",
  evidence: { source: "verdict", lines },
  seq,
  at: NOW,
});

const verdictOf = (checks: number): Verdict => ({
  ...{ verdict: "bad", reason: "ssh is down", ...THREE, bootId: "b", at: NOW, readBytes: 1 },
  checks: Array.from({ length: checks }, (_, index) => ({
    name: `check-${index}`,
    level: "required",
    outcome: "failed",
    tries: 3,
    milliseconds: 1000,
    seen: "x".repeat(300),
    output: Array.from({ length: 20 }, () => "y".repeat(300)),
  })),
  failedUnits: [{ unit: "ssh.service", journal: ["z".repeat(300)] }],
});

describe("a report", () => {
  it("tells slots, releases, what is forbidden and the ledger with its evidence", () => {
    const forbidden = new Map([
      [THREE.roothash, { release: THREE, reason: "ssh is down", since: NOW - 60 }],
    ]);
    const history = [failed(2, ["ssh.service: failed"])];
    const report = reportOf(inputOf({ ledger: aLedger({ forbidden, history, floor: 4 }) }));
    assert.deepEqual(report.slots, {
      booted: { ...observed.booted, since: NOW - 7200 },
      other: { ...ONE, standing: "good" },
    });
    assert.equal(report.slots.booted.version, TWO.version);
    assert.deepEqual(report.forbidden, [{ ...THREE, reason: "ssh is down", since: NOW - 60 }]);
    assert.deepEqual([report.history, report.historyLeftOut, report.floor], [history, 0, 4]);
  });

  it("has no secret in it, and stays JSON", () => {
    const reason = 'token=abcdef, "password": "hush"';
    const ledger = aLedger({ pause: { reason, since: NOW } });
    const text = encodeReport(reportOf(inputOf({ ledger })));
    assert.doesNotMatch(text, /hush|abcdef/);
    const { pause } = JSON.parse(text) as { readonly pause: { readonly since: number } };
    assert.equal(pause.since, NOW);
  });

  it("is bounded, whatever happened: the oldest goes first, and says that it is gone", () => {
    const lines = Array.from({ length: 40 }, (_, index) => `${index} `.padEnd(400, "x"));
    const history = Array.from({ length: 500 }, (_, index) => failed(500 - index, lines));
    const forbidden = new Map(
      Array.from({ length: 500 }, (_, index) => {
        const roothash = index.toString(16).padStart(64, "0");
        return [
          roothash,
          { release: { version: "3", roothash }, reason: "r".repeat(500), since: index },
        ] as const;
      }),
    );
    const report = reportOf(
      inputOf({ ledger: aLedger({ history, forbidden }), verdict: verdictOf(100) }),
    );
    assert.ok(Buffer.byteLength(encodeReport(report)) <= MAX_REPORT_BYTES);
    assert.equal(report.history.length + report.historyLeftOut, 500);
    assert.equal(report.forbidden[0]?.since, 499);
    assert.equal(report.verdict?.reason, "ssh is down");
    const small = reportOf(inputOf({ verdict: verdictOf(2) }));
    assert.equal(small.verdict?.checks[0]?.output.length, 20);
  });

  it("is one document for programs, and some lines for people", async () => {
    const made = reportOf(inputOf({ why: [{ code: "PAUSED", message: "updates are paused" }] }));
    const report = async () => made;
    const json = await say(["report", "--json"], { report });
    assert.equal(json.stdout, encodeReport(made));
    const text = await say(["report"], { report });
    assert.match(text.stdout, /^booted {5}2, slot b, good$/m);
    assert.match(text.stdout, /^why {8}updates are paused$/m);
    const nowhere = await say(["report", "--out", "/nowhere/at/all"], { report });
    assert.equal(nowhere.status, 1);
    assert.match(
      nowhere.stderr,
      /^error \[WRITE_FAILED\]: the report cannot be written to \/nowhere\/at\/all: ENOENT$/m,
    );
  });
});
