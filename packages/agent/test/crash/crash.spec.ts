/**
 * Power cuts at every write of an update, of a rollback, of the next update and of the loader's own: production code on a disk of which every prefix of writes and every
 * order that the barriers allow is looked at, sectors torn among them. Whatever is left, the loader starts a whole release, whose `/etc` and ledger are there.
 */
import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { describe, it } from "mocha";
import type { SimulatedDisk } from "@slipway/host/testing";
import { checkAct, recorder, type Report, type SiteCount } from "./checker.ts";
import { installOn, LAYOUTS, LOADERS, RELEASES } from "./installation.ts";
import { installedDisk, settled } from "./machine.ts";
import { type Act, bootNode, playLoaderUpdate, playRollback, playUpdate } from "./story.ts";

const STATES = Number(process.env["SLIPWAY_CRASH_STATES"] ?? 100_000);
const REPLAYS = 60;
/** What one cut has too few of, a second one in what followed makes up for. */
const SECOND_LIMIT = Math.ceil(STATES / 1000);
const SEED = Number(process.env["SLIPWAY_SEED"] ?? 6);

const [one, two, three, four] = RELEASES;

const ACTS: readonly (Act & { readonly share: number })[] = [
  {
    title: "an update",
    share: 0.3,
    end: two,
    play: (node) => playUpdate(node, { from: one, to: two, slot: "b" }),
  },
  {
    title: "a rollback",
    share: 0.1,
    end: one,
    play: (node) => playRollback(node, { from: two, to: one }),
  },
  {
    title: "an update over the release that was left",
    share: 0.25,
    end: three,
    play: (node) => playUpdate(node, { from: one, to: three, slot: "b", over: two }),
  },
  {
    title: "an update of the loader",
    share: 0.1,
    end: three,
    play: (node) => playLoaderUpdate(node, LOADERS[1]),
  },
  {
    title: "an update that is found bad",
    share: 0.2,
    end: three,
    play: (node) =>
      playUpdate(node, { from: three, to: four, slot: "a", over: one, verdict: "bad" }),
  },
  {
    title: "a rollback to a release that was bad",
    endUnlessLost: [three],
    share: 0.05,
    end: four,
    play: (node) => playRollback(node, { from: three, to: four }),
  },
];

const NOBODY = { mayBoot: () => undefined, wrote: () => undefined };

describe("a power cut", function () {
  this.timeout("60m");
  const seen = new Set<number>();
  const sites = new Map<string, SiteCount>();
  let [intervals, replayed, seconds] = [0, 0, 0];

  for (const places of LAYOUTS) {
    let disk: SimulatedDisk | undefined;
    for (const act of ACTS) {
      it(`during ${act.title} leaves what boots, and what the agent goes on from (names after ${places} places)`, async () => {
        disk = settled(disk ?? (await installedDisk(one, installOn(places))));
        const before = bootNode(disk, RELEASES, NOBODY).booted();
        disk = settled(disk);
        const record = recorder(disk, [before]);
        await act.play(bootNode(disk, RELEASES, record.watch));
        const begin = performance.now();
        const report = await checkAct(act, disk, record, {
          releases: RELEASES,
          loaders: LOADERS,
          limit: Math.ceil((STATES * act.share) / LAYOUTS.length),
          replays: REPLAYS,
          secondLimit: SECOND_LIMIT,
          seed: SEED + places,
          seen,
        });
        seconds += (performance.now() - begin) / 1000;
        intervals += report.intervals;
        replayed += report.replayed;
        merge(sites, report);
        assert.equal(report.violation, undefined);
      });
    }
  }

  it("was looked at in as many ways as promised, at every place that writes", () => {
    process.stderr.write(
      `      ${seen.size} distinct disks of ${intervals} intervals, in ${seconds.toFixed(1)} s; after ${replayed} of them the act was played to its end\n${table(sites)}\n`,
    );
    assert.ok(seen.size >= STATES, `${seen.size} disks`);
    for (const [site, { lost, arrived }] of sites) {
      assert.ok(Math.min(arrived, lost) > 0, `${site}: no cut lost it, or none found it`);
    }
  });
});

/** Files whose names are digests count as one place. */
const siteOf = (site: string): string => site.replaceAll(/[0-9a-f]{16,}/g, "…");

const merge = (sites: Map<string, SiteCount>, report: Report): void => {
  for (const [site, { lost, arrived, torn }] of report.sites) {
    if (site === "before") continue;
    const sum = sites.get(siteOf(site)) ?? { lost: 0, arrived: 0, torn: 0 };
    sites.set(siteOf(site), {
      lost: sum.lost + lost,
      arrived: sum.arrived + arrived,
      torn: sum.torn + torn,
    });
  }
};

const table = (sites: ReadonlyMap<string, SiteCount>): string =>
  [...sites]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([site, { lost, arrived, torn }]) =>
        `      ${site}: ${arrived} found, ${lost} older than the newest, ${torn} torn`,
    )
    .join("\n");
