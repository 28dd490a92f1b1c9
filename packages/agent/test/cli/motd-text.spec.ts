import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type MotdFacts, motdText } from "../../src/cli/present/motd-text.ts";
import type { LedgerRecord } from "../../src/ledger/entry.ts";
import { aLedger, NOW, OFFERED, POLLING, STAGED, THREE, TWO } from "./an-agent.ts";

const factsOf = (with_: Partial<MotdFacts> = {}): MotdFacts => ({
  state: { kind: "steady", polling: POLLING },
  ledger: aLedger(),
  gateOpensAtMs: NOW * 1000,
  waitsForLease: false,
  settingsError: undefined,
  isResetOrdered: false,
  now: NOW,
  ...with_,
});

const lines = (with_: Partial<MotdFacts>): readonly string[] =>
  (motdText(factsOf(with_)) ?? "")
    .split("\n")
    .filter((line) => line.startsWith("  - "))
    .map((line) => line.slice(4));

describe("the message of the day", () => {
  it("is none where all is as usual", () => {
    assert.equal(motdText(factsOf()), undefined);
  });

  it("tells what is on its way, and when the node restarts", () => {
    assert.deepEqual(lines({ state: STAGED }), ["release 3 is staged: the node restarts into it"]);
    assert.deepEqual(lines({ state: STAGED, gateOpensAtMs: (NOW + 7200) * 1000 }), [
      "release 3 is staged: the node restarts into it 2026-01-01 02:00 UTC",
    ]);
    assert.deepEqual(lines({ state: STAGED, gateOpensAtMs: Infinity }), [
      "release 3 is staged: `slipway-agent update` restarts into it",
    ]);
    assert.deepEqual(lines({ state: STAGED, gateOpensAtMs: Infinity, waitsForLease: true }), [
      "release 3 is staged: the node restarts into it when its lock server lets it",
    ]);
    assert.deepEqual(lines({ state: { kind: "waiting", release: OFFERED, polling: POLLING } }), [
      "release 3 is on offer, and is taken when its time comes",
    ]);
    const held = { code: "UNPROVEN", message: "nobody can tell", hint: "reboot" };
    assert.deepEqual(lines({ state: { kind: "held", failure: held, lookAtMs: 0 } }), [
      "the agent is held: nobody can tell; reboot",
    ]);
  });

  it("tells what failed, what was rolled back, and what operators ordered", () => {
    const failed = { release: THREE, reason: "ssh is down", since: NOW - 3600 };
    assert.deepEqual(
      lines({ ledger: aLedger({ forbidden: new Map([[THREE.roothash, failed]]) }) }),
      ["release 3 failed here 2025-12-31 23:00 UTC, and is not tried again: ssh is down"],
    );
    const rolledBack: LedgerRecord = {
      kind: "rolled-back",
      release: THREE,
      target: TWO,
      reason: "slow",
      seq: 9,
      at: NOW - 60,
    };
    assert.deepEqual(
      lines({
        ledger: aLedger({
          history: [{ kind: "paused", seq: 10, at: NOW }, rolledBack],
          forbidden: new Map([[THREE.roothash, failed]]),
          pin: { version: "2", reason: "slow", since: NOW },
          pause: { since: NOW },
        }),
      }),
      [
        "rolled back from release 3 to 2 2025-12-31 23:59 UTC: slow",
        "this node is pinned to release 2: slow",
        "updates are paused",
      ],
    );
    assert.match(lines({ isResetOrdered: true })[0] ?? "", /^A FACTORY RESET IS ORDERED/);
  });

  it("is short, whatever has failed, and has nothing in it that a terminal obeys", () => {
    const many = Array.from({ length: 9 }, (_, index) => {
      const roothash = String(index).repeat(64);
      const release = { version: String(index), roothash };
      return [roothash, { release, reason: "\u001b[2J\nbad", since: NOW - index }] as const;
    });
    const text = motdText(factsOf({ ledger: aLedger({ forbidden: new Map(many) }) })) ?? "";
    assert.match(text, /and 6 more that are not tried again/);
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f]/);
    assert.equal(text.split("\n").length, 8);
  });
});
