/** What a power cut may leave: never less than the barriers promise, never anything that no cut could explain. */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { describe, it } from "mocha";
import { type CrashState, crashStates, diskOn, simulatedDisk } from "@slipway/host/testing";
import { happenings, play, possibilities, SECTOR_SIZE, SECTORS } from "./a-history.ts";

const EVERYTHING = 200_000;

const sectorsOf = (state: CrashState): readonly Uint8Array[] =>
  Array.from({ length: SECTORS }, (_, sector) => state.read(sector));

const played = (story: Parameters<typeof play>[1]) => {
  const disk = simulatedDisk(SECTOR_SIZE, SECTORS);
  play(disk, story);
  return disk;
};

describe("crash states of any history", () => {
  it("are each explained by contents that were possible at one moment, a torn one by two of them", () =>
    fc.assert(
      fc.property(happenings, (story) => {
        const moments = possibilities(story);
        for (const state of crashStates(played(story), EVERYTHING, 1)) {
          const held = sectorsOf(state).map((bytes) => [bytes.at(0) ?? -1, bytes.at(-1) ?? -1]);
          const torn = held.filter(([first, last]) => first !== last).length;
          assert.ok(torn <= 1, state.explain());
          assert.ok(
            moments.some((possible) =>
              held.every((ends, sector) => ends.every((end) => possible[sector]?.has(end))),
            ),
            state.explain(),
          );
        }
      }),
      { numRuns: 100 },
    ));

  it("leave out none: any choice at any moment is among them", () =>
    fc.assert(
      fc.property(happenings, fc.array(fc.nat(), { minLength: 5, maxLength: 5 }), (story, luck) => {
        const moments = possibilities(story);
        const [when = 0, ...which] = luck;
        const possible = moments[when % moments.length] ?? [];
        const chosen = possible.map((values, sector) => {
          const list = [...values];
          return list[(which[sector] ?? 0) % list.length] ?? 0;
        });
        const found = [...crashStates(played(story), EVERYTHING, 1)].some((state) =>
          chosen.every((value, sector) => state.read(sector).every((byte) => byte === value)),
        );
        assert.ok(found, `no state holds ${chosen.join(", ")}`);
      }),
      { numRuns: 100 },
    ));

  it("hold everything that was flushed before the power went", () =>
    fc.assert(
      fc.property(happenings, happenings, (before, after) => {
        const disk = simulatedDisk(SECTOR_SIZE, SECTORS);
        play(disk, [...before.filter(({ kind }) => kind !== "mayWrite"), { kind: "flush" }]);
        const flushed = Array.from({ length: SECTORS }, (_, sector) => disk.read(sector));
        const events = disk.events;
        const spared = new Set(Array.from({ length: SECTORS }, (_, sector) => sector));
        for (const happening of after)
          if (happening.kind !== "flush") spared.delete(happening.sector);
        play(disk, after);
        for (const state of crashStates(disk, 100, 3, events)) {
          for (const sector of spared) assert.deepEqual(state.read(sector), flushed[sector]);
        }
      }),
      { numRuns: 100 },
    ));

  it("have one digest each, that of the same contents on any disk", () =>
    fc.assert(
      fc.property(happenings, (story) => {
        const digests = new Map<string, number>();
        for (const state of crashStates(played(story), EVERYTHING, 1)) {
          const contents = Buffer.concat(sectorsOf(state)).toString("latin1");
          assert.ok(!digests.has(contents), "the same disk twice");
          digests.set(contents, state.digest);
          const copy = simulatedDisk(SECTOR_SIZE, SECTORS);
          for (const [sector, bytes] of sectorsOf(state).entries()) copy.write(sector, bytes);
          assert.equal(copy.digest, state.digest);
        }
        assert.equal(new Set(digests.values()).size, digests.size);
      }),
      { numRuns: 30 },
    ));

  it("come again from the same seed", () =>
    fc.assert(
      fc.property(happenings, fc.integer(), (story, seed) => {
        const draw = (): readonly number[] =>
          Array.from(crashStates(played(story), 20, seed), ({ digest }) => digest);
        assert.deepEqual(draw(), draw());
      }),
      { numRuns: 100 },
    ));

  it("can be switched on again and cut again, each time from what was left", () =>
    fc.assert(
      fc.property(happenings, happenings, (first, second) => {
        for (const state of crashStates(played(first), 10, 5)) {
          const disk = diskOn(state);
          assert.equal(disk.digest, state.digest);
          play(disk, second);
          const untouched = Array.from({ length: SECTORS }, (_, sector) => sector).filter(
            (sector) => second.every((step) => step.kind === "flush" || step.sector !== sector),
          );
          for (const later of crashStates(disk, 20, 7)) {
            for (const sector of untouched) {
              assert.deepEqual(later.read(sector), state.read(sector));
            }
          }
        }
      }),
      { numRuns: 30 },
    ));
});
