/**
 * Whatever happens to a node, in whatever order, with the power going or the agent dying at any step: nothing is written that must not be, the ledger tells
 * the truth in the end, what was forbidden does not come back, and everything that was begun ends. The world itself throws where a write is out of place.
 */
import assert from "node:assert/strict";
import process from "node:process";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { decodeRecord } from "../../src/ledger/decode-entry.ts";
import { decodeJournal, encodeJournal } from "../../src/machine/decode-journal.ts";
import { isSameServer } from "../../src/machine/lease.ts";
import { aWorld, happen, MOST_NUMBER, settle } from "./story.ts";
import { groupOf, type World } from "./world.ts";

const RUNS = Number(process.env["SLIPWAY_STORIES"] ?? 100_000);

const checkLedger = (world: World): void => {
  const { records } = world;
  for (const roothash of world.hasFailed)
    assert.ok(
      records.some(
        (record) =>
          (record.kind === "failed" || record.kind === "rolled-back") &&
          record.release.roothash === roothash,
      ),
      `that ${Number(`0x${roothash}`)} failed is not in the ledger`,
    );
  for (const record of records) {
    if (record.kind === "good")
      assert.ok(
        world.wasBlessed.has(record.release.roothash),
        `${record.release.version} is not good`,
      );
    if (record.kind === "failed" && !world.hasMenuBeenUsed)
      assert.ok(
        world.hasFailed.union(world.mayHaveFailed).has(record.release.roothash),
        `${record.release.version} has not failed`,
      );
  }
  const { booted, other } = world.observe();
  if (booted.standing === "bad" && !world.hasMenuBeenUsed)
    assert.ok(other.standing !== "good", "a bad release runs although there is a better one");
  if (booted.standing === "good")
    assert.equal(
      world.ledger.current?.roothash,
      booted.roothash,
      "the ledger thinks another one runs",
    );
};

/** Nobody waits for a node that has long been back; one that came back and is not well keeps what it has. */
const checkLeases = (world: World): void => {
  const { strategy, lockServer } = world.settings;
  const isNotWell = world.journal?.state.kind === "held";
  for (const server of world.held) {
    const isAsked = strategy === "lock" && isSameServer(server, lockServer);
    const isForgotten = world.forgotten.has(groupOf(server)) && !isAsked;
    assert.ok(isNotWell || isForgotten, `the lease of ${groupOf(server)} is never given back`);
  }
};

/** What the world keeps as values a node keeps as bytes. */
const checkBytes = ({ records, journal }: World): void => {
  for (const record of records)
    assert.deepEqual(decodeRecord(record), { ok: true, value: record }, record.kind);
  if (journal !== undefined)
    assert.deepEqual(decodeJournal(encodeJournal(journal)), { ok: true, value: journal });
};

describe("the engine, whatever happens to its node", function () {
  this.timeout("300s");

  it("writes only what it may, ends what it begins, and keeps a true ledger", async () => {
    const transitions = new Set<string>();
    let staged = 0;
    const story = fc.array(fc.nat(MOST_NUMBER), { minLength: 3, maxLength: 30, size: "max" });
    await fc.assert(
      fc.asyncProperty(fc.nat(), story, async (seed, numbers) => {
        const world = aWorld(seed);
        for (const number of numbers) await happen(world, number);
        await settle(world);
        assert.deepEqual(world.violations, []);
        checkLedger(world);
        checkLeases(world);
        if (seed % 50 === 0) checkBytes(world);
        staged += world.staged;
        for (const transition of world.transitions) transitions.add(transition);
      }),
      { numRuns: RUNS },
    );
    process.stdout.write(
      `      ${RUNS} stories, ${staged} times staged, ${transitions.size} ways from state to state\n`,
    );
  });
});
