import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { HostError } from "@slipway/host";
import { scriptedExec } from "@slipway/host/testing";
import { journalTeller, toldLedger } from "../../src/daemon/tell-journal.ts";
import type { LedgerEntry } from "../../src/ledger/entry.ts";
import { ledgerMessage } from "../../src/telling/ledger-message.ts";
import { journalText, MESSAGES } from "../../src/telling/messages.ts";
import { newsOf, NOTHING_AMISS } from "../../src/telling/news.ts";
import { aLedger, THREE, TWO } from "../cli/an-agent.ts";

const ENTRIES: readonly LedgerEntry[] = [
  { kind: "installed", release: TWO },
  { kind: "staged", release: THREE, securityEpoch: 0 },
  { kind: "dropped", release: THREE, reason: "another is there" },
  { kind: "finalized", release: THREE, from: TWO },
  { kind: "good", release: THREE },
  { kind: "failed", release: THREE, reason: "ssh is down" },
  { kind: "rolled-back", release: THREE, target: TWO, reason: "slow" },
  { kind: "switched", release: TWO, from: THREE },
  { kind: "forgiven", release: THREE },
  { kind: "pinned", version: "2", reason: "audit" },
  { kind: "unpinned" },
  { kind: "paused" },
  { kind: "resumed" },
];

describe("messages for the journal", () => {
  it("have ids of 128 bits, none of which is another's", () => {
    const ids = Object.values(MESSAGES).map(({ id }) => id);
    for (const id of ids) assert.match(id, /^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
    assert.equal(new Set(ids).size, ids.length);
  });

  it("keep the ids that programs look for", () => {
    assert.equal(MESSAGES.failed.id, "241391e454c84f61b9dbb1ad0680277e");
    assert.equal(MESSAGES.good.id, "db24292611a74375ba1f809d9f2e9017");
    assert.equal(MESSAGES["rolled-back"].id, "acc6cf103f8f427f9d8d32f6fe6e709f");
  });

  it("are one of each line of a ledger", () => {
    for (const entry of ENTRIES) assert.equal(ledgerMessage(entry).kind, entry.kind);
    assert.equal(
      journalText(ledgerMessage({ kind: "failed", release: THREE, reason: "ssh is\ndown" })),
      `MESSAGE=release 3 failed, and is forbidden from now on: ssh is down
MESSAGE_ID=${MESSAGES.failed.id}
PRIORITY=3
SYSLOG_IDENTIFIER=slipway-agent
SLIPWAY_EVENT=failed
SLIPWAY_VERSION=3
SLIPWAY_ROOTHASH=${THREE.roothash}
SLIPWAY_REASON=ssh is down
`,
    );
  });

  it("have a field a line, whatever somebody wrote as a reason", () => {
    const text = journalText({
      kind: "paused",
      text: "a\nMESSAGE_ID=1\u009b",
      reason: "x".repeat(5000),
    });
    for (const line of text.trimEnd().split("\n")) assert.match(line, /^[A-Z_]+=.{1,2000}$/);
    assert.match(text, /^MESSAGE=a MESSAGE_ID=1 $/m);
  });

  it("go to journald by logger, and stop nothing where that is missing", async () => {
    const lines: string[] = [];
    const sends = scriptedExec([{}]);
    await journalTeller(sends, (line) => lines.push(line))({
      kind: "resumed",
      text: "updates go on",
    });
    assert.deepEqual(sends.ran[0]?.argv, ["logger", "--journald"]);
    assert.match(sends.ran[0]?.stdin ?? "", /^MESSAGE=updates go on\nMESSAGE_ID=/);
    const fails = {
      run: async () => {
        throw new HostError("COMMAND_MISSING", "there is no logger");
      },
    };
    await journalTeller(fails, (line) => lines.push(line))({ kind: "resumed", text: "x" });
    assert.deepEqual(lines, ["there is no logger"]);
  });

  it("are told of a line once it is durable, and not where it could not be written", async () => {
    const told: string[] = [];
    const order: string[] = [];
    const ledger = {
      view: async () => aLedger(),
      append: async (entry: LedgerEntry) => {
        if (entry.kind === "unpinned") throw new Error("the disk is full");
        order.push("durable");
        return aLedger();
      },
    };
    const telling = toldLedger(ledger, async ({ kind }) => {
      order.push("told");
      told.push(kind);
    });
    await telling.append({ kind: "resumed" });
    await assert.rejects(telling.append({ kind: "unpinned" }), /full/);
    assert.deepEqual([told, order], [["resumed"], ["durable", "told"]]);
  });
});

describe("what lasts", () => {
  const failure = (code: string, message = code) => ({ code, message });
  const kinds = (...looks: readonly Partial<typeof NOTHING_AMISS>[]): readonly string[] => {
    let before = NOTHING_AMISS;
    return looks.flatMap((look) => {
      const now = { ...NOTHING_AMISS, ...look };
      const news = newsOf(before, now).map(({ kind, code }) => `${kind} ${code ?? ""}`);
      before = now;
      return news;
    });
  };

  it("is told when it begins, when it becomes something else, and when it ends", () => {
    assert.deepEqual(
      kinds(
        {},
        { check: failure("UNREACHABLE", "try 1") },
        { check: failure("UNREACHABLE", "try 2") },
        { check: failure("TAMPERED") },
        {},
        {},
        { held: failure("DEGRADED"), settings: failure("SETTINGS_WRONG") },
        { held: failure("DEGRADED") },
        {},
      ),
      [
        "check-failed UNREACHABLE",
        "check-failed TAMPERED",
        "check-recovered TAMPERED",
        "held DEGRADED",
        "settings-wrong SETTINGS_WRONG",
        "settings-mended SETTINGS_WRONG",
        "released DEGRADED",
      ],
    );
  });
});
