import assert from "node:assert/strict";
import type { CheckResult, Verdict } from "@slipway/release";
import { describe, it } from "mocha";
import type { Look } from "../../src/cli/agent.ts";
import { mergeSettings } from "../../src/config/merge.ts";
import type { LedgerRecord } from "../../src/ledger/entry.ts";
import { aLedger, aLook, document, NOW, say, THREE, TWO } from "./an-agent.ts";

describe("history", () => {
  it("tells of hooks that were passed over, or went wrong", async () => {
    const release = THREE;
    const of: readonly LedgerRecord[] = [
      { seq: 3, at: NOW, kind: "hooks-failed", release, reason: "verdict.d/a: it ended with 1" },
      { seq: 2, at: NOW, kind: "hooks-skipped", release, aheadOf: "finalize" },
      { seq: 1, at: NOW, kind: "hooks-skipped", release, aheadOf: "stage" },
    ];
    const { stdout } = await say(["history"], {
      look: async () => aLook({ ledger: aLedger({ history: of }) }),
    });
    assert.deepEqual(
      stdout.split("\n").map((line) => line.slice(22)),
      [
        "hooks failed on 3 (00000003), which changed nothing: verdict.d/a: it ended with 1",
        "hooks before 3 (00000003) was finalized were passed over by hand",
        "hooks before 3 (00000003) was fetched were passed over by hand",
        "",
      ],
    );
  });

  const records: readonly LedgerRecord[] = [
    {
      seq: 2,
      at: NOW,
      kind: "failed",
      release: THREE,
      reason: "web does not answer",
      evidence: { source: "verdict", lines: ["web: connection refused"] },
    },
    { seq: 1, at: NOW - 60, kind: "finalized", release: THREE, from: TWO },
  ];
  const look = async (): Promise<Look> =>
    aLook({ ledger: aLedger({ history: records, damage: ["line 7 is damaged"] }) });

  it("is told newest first, with what speaks against a release", async () => {
    assert.deepEqual((await say(["history"], { look })).stdout.split("\n"), [
      "2026-01-01 00:00 UTC  3 (00000003) failed, and is forbidden: web does not answer",
      "    web: connection refused",
      "2025-12-31 23:59 UTC  3 (00000003) finalized, from 2 (00000002)",
      "problem: line 7 is damaged",
      "",
    ]);
  });

  it("is the ledger's own lines for programs, as many as they want", async () => {
    assert.deepEqual(document(await say(["history", "--json", "--limit", "1"], { look })), {
      schema: 1,
      records: records.slice(0, 1),
      damage: ["line 7 is damaged"],
    });
  });

  it("of a new node is empty, and says so", async () => {
    const { stdout } = await say(["history"], { look: async () => aLook() });
    assert.match(stdout, /nothing has happened/);
  });
});

describe("health", () => {
  const result: CheckResult = {
    name: "web",
    level: "required",
    outcome: "failed",
    tries: 2,
    milliseconds: 1500,
    seen: "status 500",
    output: ["oops"],
  };
  const verdict: Verdict = {
    verdict: "bad",
    reason: "web failed",
    roothash: THREE.roothash,
    version: "3",
    bootId: "b".repeat(32),
    at: NOW,
    readBytes: 0,
    checks: [result],
    failedUnits: [],
  };

  it("shows what the last probation was decided by", async () => {
    const said = await say(["health"], {
      health: async () => ({ verdict, now: undefined, problems: ["a.json: no check"] }),
    });
    assert.equal(said.status, 0);
    assert.deepEqual(said.stdout.split("\n"), [
      "3 (00000003) is bad, since 2026-01-01 00:00 UTC: web failed",
      "  failed     web (required, 1.5 s): status 500",
      "      oops",
      "problem: a.json: no check",
      "",
    ]);
  });

  it("says where to look while there is no verdict in this boot", async () => {
    const health = async () => ({ verdict: undefined, now: undefined, problems: [] });
    const steady = await say(["health"], { health, look: async () => aLook() });
    assert.match(
      steady.stdout,
      /^no release was on probation in this boot: `slipway-agent history`/,
    );
    const { observed } = aLook();
    const booted = { ...observed.booted, standing: "counting" } as const;
    const trying = await say(["health"], {
      health,
      look: async () => aLook({ observed: { ...observed, booted } }),
    });
    assert.match(trying.stdout, /^2 is on probation, and its checks have not ended yet: .*--now/);
  });

  it("run now ends with 1 where a required check does not pass, and only then", async () => {
    const run = (one: CheckResult) =>
      say(["health", "--now", "--json"], {
        health: async ({ now }) => ({
          verdict: undefined,
          now: now ? [one] : undefined,
          problems: [],
        }),
      });
    assert.equal((await run(result)).status, 1);
    assert.equal((await run({ ...result, level: "wanted" })).status, 0);
    const passed = await run({ ...result, outcome: "passed" });
    assert.equal(passed.status, 0);
    assert.deepEqual(document(passed), {
      schema: 1,
      now: [{ ...result, outcome: "passed" }],
      problems: [],
    });
  });
});

describe("etc, diff and config", () => {
  it("show what is the node's own in /etc", async () => {
    const report = {
      schema: 1,
      carried: [{ path: "/etc/motd", what: "changed" }],
      taken: [],
      conflicts: [],
      ignored: [],
    } as const;
    const etc = async () => report;
    assert.equal((await say(["etc"], { etc })).stdout, "carried:\n  /etc/motd: changed\n");
    assert.deepEqual(document(await say(["etc", "--json"], { etc })), report);
  });

  it("compare the two slots", async () => {
    const diff = async () =>
      ({
        booted: { ...TWO, kernelRelease: "6.12.1" },
        other: { ...THREE, kernelRelease: "6.12.1", rootBytes: 1024 ** 2 },
        standing: "staged",
      }) as const;
    const { stdout } = await say(["diff"], { diff });
    assert.match(stdout, /^ {11}booted {19}staged$/m);
    assert.match(stdout, /^kernel {5}6\.12\.1 {19}the same$/m);
    assert.match(stdout, /^root {7}unknown {18}1\.0 MiB$/m);
    const json = document(await say(["diff", "--json"], { diff }));
    assert.equal((json as { standing: string }).standing, "staged");
  });

  it("show settings with where they are from, and end with 1 where a file has an error", async () => {
    const config = async () =>
      mergeSettings([
        { file: "/etc/a.yaml", text: "channel: edge\nrepository: https://me:hush@x/\n" },
      ]);
    const { status, stdout } = await say(["config", "show", "--origin"], { config });
    assert.equal(status, 0);
    assert.match(stdout, /^channel: edge {2}# \/etc\/a\.yaml:1$/m);
    assert.match(stdout, /^poll_seconds: 1800 {2}# default$/m);
    assert.doesNotMatch(stdout, /hush/);
    const wrong = async () => mergeSettings([{ file: "/etc/a.yaml", text: "stage: never" }]);
    const said = await say(["config", "show", "--json", "--origin"], { config: wrong });
    assert.equal(said.status, 1);
    const shown = document(said) as { findings: readonly object[]; settings: object };
    assert.deepEqual(Object.keys(shown), ["schema", "settings", "origins", "files", "findings"]);
    assert.equal(shown.findings.length, 1);
    assert.match((await say(["config", "show"], { config: wrong })).stdout, /^# error: \/etc\/a/m);
  });
});

describe("what units run", () => {
  it("ends with 0 where it was done, and with 1 where not", async () => {
    for (const [done, status] of [
      [true, 0],
      [false, 1],
    ] as const) {
      assert.equal((await say(["verdict"], { decide: async () => done })).status, status);
      assert.equal((await say(["task", "stage"], { runTask: async () => done })).status, status);
    }
    assert.equal((await say(["daemon"], { serve: async () => undefined })).status, 0);
    assert.equal((await say(["loader"], { bringLoader: async () => undefined })).status, 0);
  });
});
