import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import {
  crashStates,
  diskOn,
  manualClock,
  pageCacheOn,
  simulatedDisk,
  type SimulatedDisk,
  simulatedFiles,
} from "@slipway/host/testing";
import { fold, NOTHING_YET } from "../../src/ledger/fold.ts";
import type { LedgerEntry, LedgerRecord } from "../../src/ledger/entry.ts";
import { type Ledger, openLedger } from "../../src/ledger/open-ledger.ts";
import { anEntry } from "./entries.ts";
import { DIRECTORY, ledgerOn, memoryFiles, spoil } from "./memory-files.ts";

const standingOf = (history: readonly LedgerRecord[]): unknown =>
  history.toReversed().reduce(fold, NOTHING_YET);

describe("ledger, whatever is written to it", () => {
  it("amounts to all its lines, however often its files turn", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anEntry, { maxLength: 30 }), async (entries) => {
        const whole = ledgerOn(memoryFiles());
        const turning = ledgerOn(memoryFiles(), 1500);
        for (const entry of entries) {
          await whole.append(entry);
          await turning.append(entry);
        }
        const [{ history, damage, ...standing }, other] = [
          await whole.view(),
          await turning.view(),
        ];
        assert.deepEqual(standing, standingOf(history));
        assert.equal(history.length, entries.length);
        const { history: some, damage: none, ...otherStanding } = other;
        assert.deepEqual({ ...otherStanding, damage: none }, { ...standing, damage });
        assert.deepEqual(damage, []);
        assert.ok(some.length <= history.length);
      }),
      { numRuns: 100 },
    );
  });

  it("never forgets a line but the one whose bytes were changed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anEntry, { minLength: 2, maxLength: 12 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (entries, at, flip) => {
          const files = memoryFiles();
          const ledger = ledgerOn(files);
          for (const entry of entries) await ledger.append(entry);
          const before = (await ledger.view()).history;
          await spoil(files, "ledger-0", (bytes) => {
            const place = at % bytes.length;
            bytes[place] = (bytes[place] ?? 0) ^ flip;
            return bytes;
          });
          const after = (await ledgerOn(files).view()).history;
          const kept = before.filter(({ seq }) => after.some((line) => line.seq === seq));
          assert.deepEqual(after, kept);
          // A changed line's end joins two lines.
          assert.ok(before.length - after.length <= 2, `${before.length} to ${after.length}`);
        },
      ),
      { numRuns: 200 },
    );
  });
});

const SECTORS = 2 * (1 + 24);

const ledgerOf = (disk: SimulatedDisk, said: string[]): Ledger =>
  openLedger({
    files: simulatedFiles(disk, pageCacheOn(disk), {
      name: "var",
      first: 0,
      sectors: SECTORS,
      files: 2,
    }),
    directory: DIRECTORY,
    clock: manualClock(),
    exclusively: (work) => work(),
    log: (line) => said.push(line),
    rotateBytes: 2500,
  });

const release = (number: number): { readonly version: string; readonly roothash: string } => ({
  version: String(number),
  roothash: number.toString(16).padStart(64, "0"),
});

const failed = (number: number): LedgerEntry => ({
  kind: "failed",
  release: release(number),
  reason: "it did not come up",
});

describe("ledger, after a power cut", () => {
  it("has every line that was acknowledged, at most the next one, and goes on", async () => {
    const disk = simulatedDisk(512, SECTORS);
    const ledger = ledgerOf(disk, []);
    /** What the disk had seen when each line was acknowledged. */
    const acknowledged: number[] = [];
    for (let number = 1; number <= 40; number++) {
      await ledger.append(failed(number));
      await ledger.append({ kind: "forgiven", release: release(number - 1) });
      acknowledged.push(disk.events);
    }
    let states = 0;
    for (const state of crashStates(disk, 4000, 11)) {
      states++;
      const cut = diskOn(state);
      const again = ledgerOf(cut, []);
      const { forbidden } = await again.view();
      // After line n failed(n) is forbidden and failed(n - 1) forgiven; in between both are.
      assert.ok(forbidden.size <= 2, `${forbidden.size} are forbidden`);
      const newest = Math.max(
        0,
        ...[...forbidden.values()].map((one) => Number(one.release.version)),
      );
      const least = acknowledged.filter((events) => events <= state.interval.from).length;
      assert.ok(newest >= least, `${newest} is the newest, and ${least} were acknowledged`);
      const view = await again.append(failed(99));
      assert.ok(view.forbidden.has(release(99).roothash));
      assert.equal(view.forbidden.size, forbidden.size + 1);
      assert.deepEqual(view.damage, []);
    }
    assert.ok(states > 1000, `${states} states`);
  });
});
