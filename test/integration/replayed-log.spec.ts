/** Whoever judges a recorded log: on one in which all is well, finds nothing; on each that is wrong in one way, finds that. */
import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import path from "node:path";
import type { LoggedWrite } from "@slipway/composer/testing";
import { before, describe, it } from "mocha";
import { drawNumbers, seedOfRun } from "../support/drawn-numbers.ts";
import { scratchDirectory } from "../support/release.ts";
import {
  type CrashPoint,
  crashPoints,
  intervalsOf,
  planCuts,
} from "../support/replay/crash-points.ts";
import {
  type Entries,
  movedBefore,
  withoutEntry,
  withoutFlushes,
} from "../support/replay/faults.ts";
import { makeLeftDisk } from "../support/replay/left-disk.ts";
import { type Phase, writesOutOfTurn } from "../support/replay/phases.ts";
import { describePoint, replay, type ReplayReport } from "../support/replay/replay.ts";
import { smallStory, type SmallStory, type SmallVersion } from "../support/replay/small-story.ts";

const seed = seedOfRun();

describe(`a recorded log, judged (SLIPWAY_SEED=${seed})`, () => {
  const scratch = scratchDirectory("replayed-log");
  let story: SmallStory;

  before(() => {
    story = smallStory(scratch);
  });

  const isOnEsp = ({ kind, offset }: LoggedWrite): boolean =>
    kind === "write" && offset < story.partition("slot-a").offset;

  const phaseOf = (title: string): Phase<SmallVersion> => {
    const found = story.phases().find(({ moment, version }) => `${moment} ${version}` === title);
    assert.ok(found !== undefined, title);
    return found;
  };

  const judge = (entries: Entries): ReplayReport => {
    const disk = path.join(scratch, "replayed.raw");
    copyFileSync(story.disk, disk);
    const how = { isDense: isOnEsp, draw: drawNumbers(seed) };
    const many = { sparsePrefixes: 1000, denseReorderings: 80, sparseReorderings: 100 };
    const plan = planCuts(entries, { ...how, ...many });
    return replay({
      ...{ ...story, disk, entries, plan, options: how, mostFaults: 3 },
      phases: story.phases(entries),
    });
  };

  it("finds a whole release after each cut, the new one only when it may be", () => {
    const report = judge(story.entries);
    assert.deepEqual(report.faults, []);
    assert.equal(report.inOrder, story.entries.filter(({ kind }) => kind === "write").length);
    assert.ok(report.distinct > 150, String(report.distinct));
    const boots = (title: string): readonly string[] =>
      [...(report.boots.get(title)?.keys() ?? [])].toSorted();
    assert.deepEqual(boots("staging 2"), ["1"]);
    assert.deepEqual(boots("staging 3"), ["2"]);
    assert.deepEqual(boots("finalizing 3"), ["2", "3"]);
    assert.deepEqual(writesOutOfTurn(story.entries, story.phases(), story.partition), []);
  });

  it("sees in every disk what is there: as if each had been made and read", () => {
    const disk = path.join(scratch, "replayed.raw");
    copyFileSync(story.disk, disk);
    const how = { isDense: isOnEsp, draw: drawNumbers(seed) };
    const plan = planCuts(story.entries, {
      ...{ ...how, sparsePrefixes: 1000 },
      ...{ denseReorderings: 3, sparseReorderings: 60 },
    });
    let [whole, half] = [0, 0];
    replay({
      ...{ ...story, disk, plan, options: how, mostFaults: 1 },
      phases: story.phases(),
      seen: ({ view, holds }) => {
        for (const slot of ["a", "b"] as const)
          for (const { version, root, verity } of story.releases) {
            const isThere = [
              [`slot-${slot}`, root, "root"],
              [`slot-${slot}-verity`, verity, "verity"],
            ] as const;
            const expected = isThere.every(([label, digests, name]) => {
              const { offset } = story.partition(label);
              const bytes = view.sectors(offset / 512, digests.length * 8);
              return Buffer.compare(bytes, story.contents(version, name)) === 0;
            });
            assert.equal(holds(slot, version), expected, `release ${version} in slot ${slot}`);
            if (expected) whole += 1;
            else half += 1;
          }
      },
    });
    assert.ok(whole > 100 && half > 100, `${whole} whole, ${half} half`);
  });

  it("makes the disk that it judged, for whoever wants to boot it", async () => {
    const disk = path.join(scratch, "replayed.raw");
    copyFileSync(story.disk, disk);
    const how = { isDense: isOnEsp, draw: drawNumbers(seed) };
    const few = { sparsePrefixes: 10, denseReorderings: 1, sparseReorderings: 10 };
    const judged: { readonly point: CrashPoint; readonly slots: Uint8Array }[] = [];
    const end = story.partition("slot-b-verity").offset + story.partition("slot-b-verity").size;
    const start = story.partition("esp").offset;
    replay({
      ...{ ...story, disk, plan: planCuts(story.entries, { ...how, ...few }), options: how },
      ...{ phases: story.phases(), mostFaults: 1 },
      seen: ({ point, view }) => {
        if (judged.length * 16 > point.at) return;
        const slots = Uint8Array.from(view.sectors(start / 512, (end - start) / 512));
        judged.push({ point, slots });
      },
    });
    assert.ok(judged.length > 2, String(judged.length));
    for (const { point, slots } of judged) {
      const recorded = { pristine: story.disk, room: 0, log: story.log, entries: story.entries };
      const made = readFileSync(
        await makeLeftDisk(recorded, point, path.join(scratch, "made.raw")),
      );
      const found = Buffer.alloc(slots.length);
      made.copy(found, 0, start, end);
      assert.ok(found.equals(slots), describePoint(point));
    }
  });

  it("finds a name that came before its bytes", () => {
    const { from, until } = phaseOf("finalizing 2");
    const isName = (entry: LoggedWrite, index: number): boolean =>
      isOnEsp(entry) && index >= from && index < until;
    const faulty = movedBefore(story.entries, phaseOf("staging 2").from, isName);
    assert.match(judge(faulty).faults.join("\n"), /no whole UKI/);
  });

  it("finds flushes that were none", () => {
    const [{ from }, { until }] = [phaseOf("staging 2"), phaseOf("finalizing 2")];
    const { faults } = judge(withoutFlushes(story.entries, from, until));
    assert.match(faults.join("\n"), /no whole UKI|does not verify/);
  });

  it("finds each write of a slot that was lost", () => {
    const { from, until } = phaseOf("staging 3");
    const slot = story.partition("slot-a").offset;
    for (let index = from; index < until; index += 1) {
      const { kind, offset } = story.entries[index] ?? {};
      if (kind !== "write" || offset === undefined || offset < slot) continue;
      const { faults } = judge(withoutEntry(story.entries, index));
      assert.match(faults.join("\n"), /does not verify/, `entry ${index}`);
    }
  });

  const isStaging3 = (entry: LoggedWrite, index: number): boolean => {
    const { from, until } = phaseOf("staging 3");
    return entry.kind === "write" && !isOnEsp(entry) && index >= from && index < until;
  };
  const outOfTurn = (entries: Entries): readonly string[] =>
    writesOutOfTurn(entries, story.phases(entries), story.partition);

  it("finds writes into the slot that the node runs from", () => {
    const faulty = movedBefore(story.entries, phaseOf("staging 2").until - 1, isStaging3);
    assert.match(judge(faulty).faults.join("\n"), /does not verify/);
    assert.match(outOfTurn(faulty)[0] ?? "", /slot-a: release 1 runs from it$/);
  });

  it("finds writes into the other slot before the booted release is blessed", () => {
    const faulty = movedBefore(story.entries, phaseOf("restarted 2").from + 1, isStaging3);
    assert.match(outOfTurn(faulty)[0] ?? "", /slot-a: release 2 is restarted$/);
  });

  it("cuts before and after each write where every one counts, and never loses what was flushed", () => {
    const how = { isDense: isOnEsp, draw: drawNumbers(seed) };
    const plan = planCuts(story.entries, {
      ...{ ...how, sparsePrefixes: 0 },
      ...{ denseReorderings: 5, sparseReorderings: 0 },
    });
    const dense = story.entries.filter(isOnEsp).length;
    assert.equal(
      plan.reduce((sum, { prefixes }) => sum + prefixes.length, 0),
      dense,
    );
    assert.equal(intervalsOf(story.entries).at(-1)?.until, story.entries.length);
    for (const one of plan)
      for (const { interval, at, arrived } of crashPoints(story.entries, one, how)) {
        assert.ok(at > interval.from && at <= interval.until);
        const there = story.entries.slice(interval.from, at);
        for (const [sector, offset] of arrived)
          assert.ok(
            there.some(
              (entry) =>
                offset - entry.dataOffset === sector * 512 - entry.offset &&
                offset < entry.dataOffset + entry.length,
            ),
          );
      }
  });
});
