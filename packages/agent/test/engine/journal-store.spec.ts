import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { crashingDirectory } from "@slipway/host/testing";
import { AgentError } from "../../src/errors.ts";
import { JOURNAL_FILE, openJournalStore } from "../../src/engine/journal-store.ts";
import { decodeJournal, encodeJournal } from "../../src/machine/decode-journal.ts";
import type { Journal } from "../../src/machine/journal.ts";
import { aRelease, aState } from "../machine/drawn.ts";

const steady = (failures: number): Journal => ({
  state: { kind: "steady", polling: { checkAtMs: 5, failures } },
  bootId: "boot-1",
});

describe("journal", () => {
  it("is read as it was written, whatever state it holds", () => {
    fc.assert(
      fc.property(aState, (state) => {
        const journal: Journal = {
          state,
          bootId: "boot-1",
          lastCheck: {
            at: 7,
            answer: {
              kind: "offer",
              release: aRelease(3, 1),
              blocker: { code: "PINNED", message: "pinned to 2", hint: "unpin", clearsAt: 9 },
            },
          },
        };
        const decoded = decodeJournal(encodeJournal(journal));
        // Drawn records have no prototype.
        assert.deepEqual(decoded, { ok: true, value: structuredClone(journal) });
      }),
      { numRuns: 500 },
    );
  });

  it("is the old one or the new one after a power cut at any step", async () => {
    const directory = crashingDirectory();
    const store = openJournalStore(directory, () => undefined);
    await store.save(steady(1));
    const from = directory.steps();
    await store.save(steady(2));
    let states = 0;
    for (let step = from; step <= directory.steps(); step++)
      for (const left of directory.leftAfter(step)) {
        states++;
        const said: string[] = [];
        const loaded = await openJournalStore(crashingDirectory(left), (line) =>
          said.push(line),
        ).load();
        const { state } = loaded ?? {};
        assert.ok(state?.kind === "steady" && state.polling.failures >= 1);
        if (step === directory.steps()) assert.equal(state.polling.failures, 2);
        assert.deepEqual(said, []);
      }
    assert.ok(states > 10, `${states} states`);
  });

  it("is set aside with a message where a newer agent wrote it, or nobody could have", async () => {
    const newer = `${JSON.stringify({ schema: 2, state: { kind: "dreaming" } })}\n`;
    for (const text of [
      newer,
      "",
      "{",
      '{"schema":1}',
      "\u0000".repeat(99),
      '{"bootId":"b","schema":1,"state":{"kind":"steady"}}',
    ]) {
      const directory = crashingDirectory(new Map([[JOURNAL_FILE, Buffer.from(text)]]));
      const said: string[] = [];
      const store = openJournalStore(directory, (line) => said.push(line));
      assert.equal(await store.load(), undefined);
      assert.equal(said.length, 1);
      assert.equal(
        Buffer.from(directory.now().get("state.json.unreadable") ?? []).toString(),
        text,
      );
      await store.save(steady(3));
      assert.deepEqual(await store.load(), steady(3));
    }
  });

  it("passes over members that a newer agent added", () => {
    const text = Buffer.from(encodeJournal(steady(1))).toString();
    const more = text.replace('"schema":1', '"mood":"good","schema":1');
    // Canonical: members are in order.
    assert.deepEqual(decodeJournal(Buffer.from(more)), { ok: true, value: steady(1) });
  });

  it("says so when it cannot be written", async () => {
    const directory = crashingDirectory();
    directory.failFrom(1, new Error("no space left"));
    await assert.rejects(
      openJournalStore(directory, () => undefined).save(steady(1)),
      (error) => error instanceof AgentError && error.code === "WRITE_FAILED",
    );
  });
});
