/**
 * Where the power may go in a recorded log, and what of it the disk then has: every write before the last completed flush, and of those after it
 * either all up to a moment, or whichever a disk that orders its writes freely had got to, the last one perhaps in part. Pure.
 */
import type { LoggedWrite } from "@slipway/composer/testing";

/** What a disk writes whole or not at all; bytes. */
export const SECTOR = 512;

/** Sectors of the disk, and where in the log the bytes are that each of them holds. */
export type Arrived = ReadonlyMap<number, number>;

/** Entries from `from` to before `until`: what is written between two flushes, and the later flush, where the log does not end before it. */
export interface Interval {
  readonly from: number;
  readonly until: number;
}

/** A disk as a power cut leaves it: all writes before the interval, and of those in it what has arrived. */
export interface CrashPoint {
  readonly interval: Interval;
  /** Nothing of this entry, or of a later one, has arrived. */
  readonly at: number;
  readonly how: "in order" | "reordered";
  readonly arrived: Arrived;
}

/** How often to cut, in which interval. */
export interface IntervalPlan {
  readonly interval: Interval;
  /** Cut before these entries, with all before them there; in order. */
  readonly prefixes: readonly number[];
  /** So many times with writes lost or torn. */
  readonly reorderings: number;
}

export interface PlanOptions {
  /** Whether a write is where each counts: all moments around it are cut. */
  readonly isDense: (entry: LoggedWrite) => boolean;
  /** So many moments of the others, about. */
  readonly sparsePrefixes: number;
  /** So many reorderings of each interval in which every write counts. */
  readonly denseReorderings: number;
  /** So many in all the others, about. */
  readonly sparseReorderings: number;
  /** From 0 to below 1. */
  readonly draw: () => number;
}

export const intervalsOf = (entries: readonly LoggedWrite[]): readonly Interval[] => {
  const intervals: Interval[] = [];
  let from = 0;
  for (const [index, { kind }] of entries.entries()) {
    if (kind !== "flush") continue;
    intervals.push({ from, until: index + 1 });
    from = index + 1;
  }
  if (from < entries.length) intervals.push({ from, until: entries.length });
  return intervals;
};

/** What to cut in each interval that has a write. */
export const planCuts = (
  entries: readonly LoggedWrite[],
  { isDense, sparsePrefixes, denseReorderings, sparseReorderings, draw }: PlanOptions,
): readonly IntervalPlan[] => {
  const writing = intervalsOf(entries)
    .map((interval) => ({ interval, writes: writesIn(entries, interval) }))
    .filter(({ writes }) => writes.length > 0)
    .map((one) => ({ ...one, dense: one.writes.filter(({ entry }) => isDense(entry)).length }));
  const sparseWrites = writing.reduce((sum, { writes, dense }) => sum + writes.length - dense, 0);
  // Only where two writes are under way can they change places.
  const mixed = writing.filter(({ writes, dense }) => dense === 0 && writes.length > 1);
  const prefixShare = sparsePrefixes / Math.max(1, sparseWrites);
  const reorderShare = sparseReorderings / Math.max(1, mixed.length);
  return writing.map(({ interval, writes, dense }) => ({
    interval,
    prefixes: writes.flatMap(({ index, entry }) =>
      isDense(entry) || draw() < prefixShare ? [index + 1] : [],
    ),
    reorderings: dense > 0 ? denseReorderings : writes.length > 1 ? rounded(reorderShare, draw) : 0,
  }));
};

/** A whole number that is, in the mean, this one. */
const rounded = (value: number, draw: () => number): number => Math.floor(value + draw());

interface Placed {
  readonly index: number;
  readonly entry: LoggedWrite;
}

const writesIn = (entries: readonly LoggedWrite[], { from, until }: Interval): readonly Placed[] =>
  entries
    .slice(from, until)
    .map((entry, step) => ({ index: from + step, entry }))
    .filter(({ entry }) => entry.kind === "write");

/** The points that a plan has in an interval, one after the other. `isDense` as in the plan: those writes are lost more often. */
export function* crashPoints(
  entries: readonly LoggedWrite[],
  { interval, prefixes, reorderings }: IntervalPlan,
  { isDense, draw }: Pick<PlanOptions, "isDense" | "draw">,
): Generator<CrashPoint, void, undefined> {
  const growing = new Map<number, number>();
  let next = interval.from;
  for (const at of prefixes) {
    for (; next < at; next += 1) arrive(growing, entries[next], everySector);
    yield { interval, at, how: "in order", arrived: new Map(growing) };
  }
  const writes = writesIn(entries, interval);
  for (let count = 0; count < reorderings; count += 1) {
    yield drawReordered(interval, writes, isDense, draw);
  }
}

const everySector = (): boolean => true;

/** Puts a write's sectors onto the disk, those that `has` has. */
const arrive = (
  onto: Map<number, number>,
  entry: LoggedWrite | undefined,
  has: (sector: number) => boolean,
): void => {
  if (entry?.kind !== "write") return;
  const first = entry.offset / SECTOR;
  for (let sector = 0; sector < entry.length / SECTOR; sector += 1) {
    if (has(sector)) onto.set(first + sector, entry.dataOffset + sector * SECTOR);
  }
};

const drawReordered = (
  interval: Interval,
  writes: readonly Placed[],
  isDense: PlanOptions["isDense"],
  draw: () => number,
): CrashPoint => {
  const below = (limit: number): number => Math.floor(draw() * limit);
  // The later the power goes, the more can have changed places.
  const begun = below(2) === 0 ? writes : writes.slice(0, 1 + below(writes.length));
  const dense = begun.filter(({ entry }) => isDense(entry));
  const among = dense.length > 0 && below(2) === 0 ? dense : begun;
  const few = new Set(
    Array.from({ length: 1 + below(3) }, () => among[below(among.length)]?.index),
  );
  const lost = [
    () => below(2) === 0,
    ({ index }: Placed) => few.has(index),
    ({ index }: Placed) => !few.has(index),
  ][below(3)];
  const there = begun.filter((write) => lost?.(write) !== true);
  const torn = there.length > 0 && below(2) === 0 ? there[below(there.length)] : undefined;
  const tear = torn === undefined ? everySector : drawTear(torn.entry.length / SECTOR, draw);
  const arrived = new Map<number, number>();
  for (const write of there) arrive(arrived, write.entry, write === torn ? tear : everySector);
  return { interval, at: (begun.at(-1)?.index ?? interval.from) + 1, how: "reordered", arrived };
};

/** Which sectors of a write are there: its beginning, its end, or any. */
const drawTear = (sectors: number, draw: () => number): ((sector: number) => boolean) => {
  const cut = Math.floor(draw() * (sectors + 1));
  const way = Math.floor(draw() * 3);
  if (way === 0) return (sector) => sector < cut;
  if (way === 1) return (sector) => sector >= cut;
  return () => draw() < 0.5;
};

/** Tells the points of one interval apart: equal ones leave equal disks. */
export const digestOf = (arrived: Arrived): number => {
  let sum = 0;
  for (const [sector, offset] of arrived) {
    const mixed = Math.imul(sector, 0x9e37_79b1) ^ Math.imul(offset / SECTOR, 0x85eb_ca6b);
    sum += (Math.imul(mixed ^ (mixed >>> 15), 0x2c1b_3c6d) >>> 0) * (1 + (sector & 0xff));
  }
  return sum % Number.MAX_SAFE_INTEGER;
};
