/** A recorded log, replayed: each disk that a cut could leave is judged by what a machine would do with it. */
import type { LoggedWrite, Partition } from "@slipway/composer/testing";
import { type Boot, type KnownRelease, type Slot, watchBoots } from "./boots.ts";
import {
  type CrashPoint,
  crashPoints,
  digestOf,
  type IntervalPlan,
  type PlanOptions,
  SECTOR,
} from "./crash-points.ts";
import { type DiskView, openLoggedDisk } from "./logged-disk.ts";
import { faultOf, type Phase, phaseAt } from "./phases.ts";

export interface Replay<Version extends string> {
  /** As it was before the first entry. It is written. */
  readonly disk: string;
  readonly log: string;
  readonly entries: readonly LoggedWrite[];
  readonly partition: (label: string) => Partition;
  readonly releases: readonly KnownRelease<Version>[];
  readonly phases: readonly Phase<Version>[];
  readonly plan: readonly IntervalPlan[];
  readonly options: Pick<PlanOptions, "isDense" | "draw">;
  /** Ends with this many faults. */
  readonly mostFaults: number;
  /** Shown each disk that is well, with what it boots. */
  readonly seen?: (judged: Judged<Version>) => void;
}

export interface Judged<Version extends string> {
  readonly point: CrashPoint;
  readonly phase: Phase<Version>;
  readonly boot: Boot<Version>;
  readonly view: DiskView;
  readonly holds: (slot: Slot, version: Version) => boolean;
}

export interface ReplayReport {
  readonly inOrder: number;
  readonly reordered: number;
  /** Of all: disks that no other cut leaves. */
  readonly distinct: number;
  /** How many boot which release, by the phase that the power went in. */
  readonly boots: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly faults: readonly string[];
}

export const replay = <Version extends string>({
  disk: file,
  log,
  entries,
  partition,
  releases,
  phases,
  plan,
  options,
  mostFaults,
  seen,
}: Replay<Version>): ReplayReport => {
  const endOf = (label: string): number => partition(label).offset + partition(label).size;
  const watched = Math.max(...WATCHED.map(endOf));
  using disk = openLoggedDisk({ disk: file, log, keptUntil: endOf("esp") / SECTOR });
  const watch = watchBoots(disk.view(), partition, releases);
  const counts = { "in order": 0, reordered: 0 };
  const distinct = new Set<string>();
  const boots = new Map<string, Map<string, number>>();
  const faults: string[] = [];
  const report = (): ReplayReport => ({
    ...{ inOrder: counts["in order"], reordered: counts.reordered },
    ...{ distinct: distinct.size, boots, faults },
  });
  let settled = 0;
  const settle = (until: number): void => {
    const passed = entries.slice(settled, until);
    watch.settle(disk.view(allOf(passed.filter(({ offset }) => offset < watched))));
    disk.settle(passed);
    settled = until;
  };
  for (const cut of plan) {
    settle(cut.interval.from);
    for (const point of crashPoints(entries, cut, options)) {
      const view = disk.view(point.arrived);
      const boot = watch.bootOf(view);
      const phase = phaseAt(phases, point.at);
      counts[point.how] += 1;
      distinct.add(`${point.interval.from} ${digestOf(point.arrived)}`);
      const fault = faultOf(boot, phases, point);
      if (fault !== undefined) {
        faults.push(`${fault}: ${describePoint(point)}`);
        if (faults.length >= mostFaults) return report();
        continue;
      }
      const title = `${phase.moment} ${phase.version}`;
      const counted = boots.get(title) ?? new Map<string, number>();
      const version = boot.choice?.release ?? "";
      boots.set(title, counted.set(version, (counted.get(version) ?? 0) + 1));
      seen?.({ point, phase, boot, view, holds: (slot, one) => watch.holds(view, slot, one) });
    }
  }
  return report();
};

/** What is behind all of them is not judged here. */
const WATCHED = ["esp", "slot-a", "slot-a-verity", "slot-b", "slot-b-verity"];

/** All of it, in order. */
const allOf = (entries: readonly LoggedWrite[]): ReadonlyMap<number, number> => {
  const arrived = new Map<number, number>();
  for (const { kind, offset, length, dataOffset } of entries) {
    if (kind !== "write") continue;
    for (let done = 0; done < length; done += SECTOR) {
      arrived.set((offset + done) / SECTOR, dataOffset + done);
    }
  }
  return arrived;
};

/** In words, and so that it can be found again. */
export const describePoint = ({ how, at, interval, arrived }: CrashPoint): string =>
  `power cut before entry ${at}, ${how}, ${arrived.size} sectors of entries ${interval.from} to ${interval.until - 1} there`;
