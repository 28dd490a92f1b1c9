import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { AgentError } from "../../src/errors.ts";
import { ledgerOn, memoryFiles, spoil } from "./memory-files.ts";
import { releaseNumber } from "./entries.ts";

const [one, two, three] = [releaseNumber(1), releaseNumber(2), releaseNumber(3)];

describe("ledger", () => {
  it("is empty on a node that has none", async () => {
    const view = await ledgerOn(memoryFiles()).view();
    assert.equal(view.current, undefined);
    assert.deepEqual([view.history, view.damage, [...view.forbidden]], [[], [], []]);
  });

  it("forbids what failed until it is forgiven", async () => {
    const files = memoryFiles();
    await ledgerOn(files).append({ kind: "failed", release: two, reason: "web.service failed" });
    assert.deepEqual([...(await ledgerOn(files).view()).forbidden.keys()], [two.roothash]);
    const view = await ledgerOn(files).append({ kind: "forgiven", release: two });
    assert.equal(view.forbidden.size, 0);
    assert.deepEqual(
      view.history.map(({ kind, seq }) => [kind, seq]),
      [
        ["forgiven", 3],
        ["failed", 2],
      ],
    );
  });

  it("forbids, pins and says what is to come in one line of a rollback", async () => {
    const view = await ledgerOn(memoryFiles()).append({
      kind: "rolled-back",
      release: two,
      target: one,
      reason: "too slow",
    });
    assert.ok(view.forbidden.has(two.roothash));
    assert.equal(view.pin?.version, "1");
    assert.deepEqual(view.unfinished, { kind: "rollback", target: one, from: two });
  });

  it("raises the floor by what was blessed, not by what was staged", async () => {
    const ledger = ledgerOn(memoryFiles());
    assert.equal(
      (await ledger.append({ kind: "staged", release: two, securityEpoch: 3 })).floor,
      0,
    );
    assert.equal((await ledger.append({ kind: "good", release: two })).floor, 3);
    assert.equal((await ledger.append({ kind: "good", release: one })).floor, 3);
  });

  it("makes fit what programs and people say", async () => {
    const view = await ledgerOn(memoryFiles()).append({
      kind: "failed",
      release: two,
      reason: "a\nb\u0007\ud800",
      evidence: {
        source: "verdict",
        lines: Array.from({ length: 99 }, (_, n) => `${n}`.repeat(999)),
      },
    });
    const [line] = view.history;
    assert.ok(line?.kind === "failed");
    assert.equal(line.reason, "a b \ufffd");
    assert.ok((line.evidence?.lines.join("").length ?? 0) <= 8000);
    assert.match(line.evidence?.lines.at(-1) ?? "", /^9898/);
  });

  it("refuses a line that nobody could read again, and writes nothing", async () => {
    const files = memoryFiles();
    await assert.rejects(
      ledgerOn(files).append({ kind: "pinned", version: "../etc" }),
      (error) => error instanceof AgentError && error.code === "ILLEGAL",
    );
    assert.equal((await ledgerOn(files).view()).history.length, 0);
  });

  it("cuts off a torn end, and goes on behind it", async () => {
    const files = memoryFiles();
    await ledgerOn(files).append({ kind: "failed", release: two, reason: "torn" });
    await spoil(files, "ledger-0", (bytes) => Buffer.concat([bytes, Buffer.from('0123 {"at')]));
    const ledger = ledgerOn(files);
    const view = await ledger.append({ kind: "failed", release: three, reason: "whole" });
    assert.deepEqual([...view.forbidden.keys()], [two.roothash, three.roothash]);
    assert.deepEqual(ledger.said, []);
  });

  it("tells of a spoilt line, once, and keeps what is before and behind it", async () => {
    const files = memoryFiles();
    const before = ledgerOn(files);
    await before.append({ kind: "failed", release: one, reason: "first" });
    await before.append({ kind: "failed", release: two, reason: "second" });
    await before.append({ kind: "failed", release: three, reason: "third" });
    await spoil(files, "ledger-0", (bytes) =>
      Buffer.from(Buffer.from(bytes).toString().replace("second", "sacond")),
    );
    const ledger = ledgerOn(files);
    assert.deepEqual([...(await ledger.view()).forbidden.keys()], [one.roothash, three.roothash]);
    const view = await ledger.append({ kind: "paused" });
    assert.deepEqual([...view.forbidden.keys()], [one.roothash, three.roothash]);
    assert.equal(view.damage.length, 2);
    assert.deepEqual(ledger.said.length, 2);
    assert.match(ledger.said[0] ?? "", /bytes \d+ to \d+ of ledger-0 are spoilt/);
  });

  it("keeps what stands when its files turn, for ever", async () => {
    const files = memoryFiles();
    const ledger = ledgerOn(files, 2000);
    await ledger.append({ kind: "failed", release: one, reason: "long ago" });
    await ledger.append({ kind: "good", release: two, securityEpoch: 4 });
    await ledger.append({ kind: "pinned", version: "2", reason: "because" });
    for (let round = 0; round < 100; round++) await ledger.append({ kind: "paused" });
    const view = await ledgerOn(files, 2000).view();
    assert.equal(view.forbidden.get(one.roothash)?.reason, "long ago");
    assert.deepEqual([view.pin?.version, view.floor, view.current], ["2", 4, two]);
    assert.deepEqual(view.damage, []);
    assert.ok(view.history.length < 60);
    assert.deepEqual((await files.list("/var/lib/slipway/agent")).toSorted(), [
      "ledger-0",
      "ledger-1",
    ]);
  });

  it("passes over kinds that a newer agent wrote", async () => {
    const files = memoryFiles();
    await ledgerOn(files).append({ kind: "failed", release: two, reason: "bad" });
    const { encodeLine } = await import("../../src/ledger/line.ts");
    const { readLedgerFile } = await import("../../src/ledger/read-file.ts");
    await spoil(files, "ledger-0", (bytes) => {
      const last = readLedgerFile("ledger-0", bytes).lines.at(-1);
      const line = { kind: "teleported", seq: 3, at: 1, to: "moon" } as never;
      return Buffer.concat([bytes, encodeLine(line, last?.sum ?? "").bytes]);
    });
    const ledger = ledgerOn(files);
    const view = await ledger.append({ kind: "failed", release: three, reason: "bad too" });
    assert.deepEqual([...view.forbidden.keys()], [two.roothash, three.roothash]);
    assert.deepEqual(view.damage, []);
    assert.equal(view.history[0]?.seq, 4);
  });
});
