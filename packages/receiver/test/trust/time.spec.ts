import assert from "node:assert/strict";
import { ReceiverError } from "@slipway/receiver";
import { describe, it } from "mocha";
import { crashingDirectory } from "@slipway/host/testing";
import { memorySource } from "../support/memory-source.ts";
import { keptState, outcomeOf, testNode } from "../support/node.ts";
import { NOW, soundFiles } from "../../../../test/support/signed-repository/sound.ts";
import { versions } from "../../../../test/support/signed-repository/refused-metadata.ts";
import {
  DAY,
  type Files,
  makeRoot,
} from "../../../../test/support/signed-repository/test-repository.ts";

const YEAR = 365 * DAY;

const codeAt = async (options: Parameters<typeof testNode>[0], files: Files): Promise<string> => {
  const outcome = await outcomeOf(testNode(options), memorySource(files));
  return outcome instanceof ReceiverError ? outcome.code : "believed";
};

describe("a node's time", () => {
  it("is the build date where the clock has not got there: fresh metadata is believed", async () => {
    assert.equal(await codeAt({ now: 0, built: NOW }, soundFiles()), "believed");
  });

  it("still lets metadata expire then", async () => {
    assert.equal(await codeAt({ now: 0, built: NOW + 8 * DAY }, soundFiles()), "EXPIRED");
  });

  it("never goes back behind what was verified last, though the clock does", async () => {
    const store = crashingDirectory();
    const later = soundFiles({ now: NOW + 20 * DAY, versions: { timestamp: 2, snapshot: 2 } });
    const built = NOW - YEAR;
    assert.equal(await codeAt({ store, built, now: NOW + 21 * DAY }, later), "believed");
    assert.equal(keptState(store)?.lastSeen, NOW + 21 * DAY);
    // By this clock alone the state would be good for another twenty days.
    const old = soundFiles({ now: NOW + 10 * DAY, versions: versions(3) });
    assert.equal(await codeAt({ store, built, now: 0 }, old), "EXPIRED");
    const fresh = soundFiles({ now: NOW + 22 * DAY, versions: versions(4) });
    assert.equal(await codeAt({ store, built, now: 0 }, fresh), "believed");
  });

  it("is not spoilt for ever by a clock that was ahead once: only a verified refresh is remembered", async () => {
    const store = crashingDirectory();
    assert.equal(await codeAt({ store, now: NOW + 12 * YEAR }, soundFiles()), "CLOCK_AHEAD");
    assert.equal(keptState(store), undefined);
    assert.equal(await codeAt({ store, now: NOW }, soundFiles()), "believed");
  });

  it("is said to be ahead where everything has expired by it, the root included", async () => {
    const node = testNode({ now: NOW + 2 * YEAR });
    const outcome = await outcomeOf(node, memorySource(soundFiles()));
    assert.ok(outcome instanceof ReceiverError);
    assert.equal(outcome.code, "CLOCK_AHEAD");
    assert.match(outcome.message, /everything else by this machine's clock, which says 2029-/);
    assert.match(outcome.hint ?? "", /timedatectl.*if it is right/);
  });

  it("is said to be ahead where what was signed since the last look ended long ago by it", async () => {
    const store = crashingDirectory();
    assert.equal(await codeAt({ store, now: NOW }, soundFiles()), "believed");
    const newer = soundFiles({ now: NOW + DAY, versions: versions(2) });
    const ends = NOW + 8 * DAY;
    const at = (now: number, files: Files): Promise<string> => codeAt({ store, now }, files);
    assert.equal(await at(ends + 31 * DAY, newer), "CLOCK_AHEAD");
    // Not so soon after its end, nor where nothing new is signed, nor where it is not the clock that says so, nor at first sight.
    assert.equal(await at(ends + 29 * DAY, newer), "EXPIRED");
    assert.equal(await at(ends + 31 * DAY, soundFiles()), "EXPIRED");
    assert.equal(await codeAt({ store, now: 0, built: ends + 31 * DAY }, newer), "EXPIRED");
    assert.equal(await codeAt({ now: ends + 31 * DAY }, newer), "EXPIRED");
    assert.equal(await at(NOW + DAY, newer), "believed");
  });

  it("is not called ahead where the repository is being kept fresh: then the root was forgotten", async () => {
    const files = soundFiles({ now: NOW + 2 * YEAR });
    assert.equal(await codeAt({ now: NOW + 2 * YEAR }, files), "EXPIRED");
  });

  it("is not called ahead where it is not the clock's, or where nobody trusted signed the timestamp", async () => {
    assert.equal(await codeAt({ now: 0, built: NOW + 2 * YEAR }, soundFiles()), "EXPIRED");
    const unsigned = soundFiles({ signers: { timestamp: [] } });
    assert.equal(await codeAt({ now: NOW + 2 * YEAR }, unsigned), "EXPIRED");
  });

  it("is only called ahead, never put back: what has expired by it stays refused", async () => {
    const store = crashingDirectory();
    const files = soundFiles();
    for (const days of [8, 15, 91, 366, 4000])
      assert.notEqual(await codeAt({ store, now: NOW + days * DAY }, files), "believed");
    assert.equal(store.steps(), 0);
  });
});

/** What the online keys alone sign anew. */
const refreshed = (version: number) => ({
  timestamp: version,
  snapshot: version,
  online: version,
});

describe("the expiry drill", () => {
  it("refuses what has expired, role by role, and believes what was refreshed", async () => {
    const store = crashingDirectory();
    const at = (days: number): number => NOW + days * DAY;
    assert.equal(await codeAt({ store, now: at(0) }, soundFiles()), "believed");
    assert.equal(await codeAt({ store, now: at(400) }, soundFiles()), "CLOCK_AHEAD");
    const renewed = soundFiles({
      now: at(400),
      versions: versions(2),
    });
    assert.equal(await codeAt({ store, now: at(400) }, renewed), "EXPIRED");
    renewed.set("metadata/2.root.json", makeRoot({ now: at(400), versions: { root: 2 } }).bytes);
    assert.equal(await codeAt({ store, now: at(400) }, renewed), "believed");
  });

  it("lets 30 days of refreshes without a publish pass, and none without refreshes", async () => {
    const store = crashingDirectory();
    for (let day = 0; day <= 30; day += 1) {
      // The offline roles keep the files that they signed on the first day.
      const files = soundFiles({
        now: NOW + day * DAY,
        versions: refreshed(day + 1),
        signedAt: { offline: NOW },
      });
      assert.equal(await codeAt({ store, now: NOW + day * DAY }, files), "believed", `day ${day}`);
    }
    const last = soundFiles({
      now: NOW + 30 * DAY,
      versions: refreshed(31),
      signedAt: { offline: NOW },
    });
    assert.equal(await codeAt({ store, now: NOW + 36 * DAY }, last), "believed");
    assert.equal(await codeAt({ store, now: NOW + 37 * DAY }, last), "EXPIRED");
  });
});
