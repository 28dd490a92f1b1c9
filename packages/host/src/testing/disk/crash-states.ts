/**
 * The disks that a power cut could have left, each once. When there are no more than asked for, all of them; otherwise every
 * prefix of the writes as far as half the number goes, and then what a seed draws: writes that came out of order, few lost,
 * few arrived, any mixture, torn sectors.
 */
import {
  type Choice,
  type CrashState,
  digestOfChoice,
  stateOf,
  TORN_PARTS,
  type TornPick,
} from "./crash-state.ts";
import type { Interval, Unsettled } from "./history.ts";
import { type Luck, luckOf } from "./luck.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

/** Drawing ends when so many choices in a row, for a number of states asked for, gave nothing new. */
const fruitlessDraws = (limit: number): number => Math.min(20_000, 100 + 2 * limit);

/**
 * At most `limit` distinct disks that a power cut could leave of this one, at any time from its beginning until now, or from
 * a moment on: `from` is what `disk.events` was then.
 */
export function* crashStates(
  disk: SimulatedDisk,
  limit: number,
  seed: number,
  from = 0,
): Generator<CrashState, void, undefined> {
  const intervals = disk
    .intervals()
    .filter(({ until }, index, all) => until > from || index === all.length - 1);
  const seen = new Set<number>();
  for (const choice of choices(intervals, limit, luckOf(seed), () => seen.size)) {
    const digest = digestOfChoice(choice);
    if (seen.has(digest)) continue;
    seen.add(digest);
    yield stateOf(disk, { ...choice, picks: Uint32Array.from(choice.picks) }, digest);
    if (seen.size >= limit) return;
  }
}

/** How many choices there are, equal disks counted as often as they can come about. */
export const countChoices = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, interval) => sum + choicesIn(interval), 0);

const choicesIn = ({ unsettled }: Interval): number =>
  unsettled.reduce((product, { contents }) => product * contents.length, 1) *
  (1 + unsettled.length * (TORN_PARTS - 1));

function* choices(
  intervals: readonly Interval[],
  limit: number,
  luck: Luck,
  found: () => number,
): Generator<Choice, void, undefined> {
  if (countChoices(intervals) <= limit) {
    for (const interval of intervals) yield* everyChoice(interval);
    return;
  }
  for (const interval of spread(intervals)) {
    for (const choice of everyPrefix(interval)) {
      if (found() >= limit / 2) break;
      yield choice;
    }
  }
  const draw = drawInterval(intervals, luck);
  let fruitless = 0;
  for (let before = found(); fruitless < fruitlessDraws(limit); before = found()) {
    yield drawChoice(draw(), luck);
    fruitless = found() === before ? fruitless + 1 : 0;
  }
}

/** All mixtures of an interval's contents, each whole and with each sector torn. */
function* everyChoice(interval: Interval): Generator<Choice, void, undefined> {
  const { unsettled } = interval;
  const picks = new Uint32Array(unsettled.length);
  do {
    yield { interval, picks, torn: undefined };
    for (let index = 0; index < picks.length; index += 1) {
      if (picks[index] === 0) continue;
      for (let parts = 1; parts < TORN_PARTS; parts += 1) {
        yield { interval, picks, torn: { index, parts } };
      }
    }
  } while (advance(picks, unsettled));
}

/** Counts on, a sector a digit; false after the last number. */
const advance = (picks: Uint32Array, unsettled: readonly Unsettled[]): boolean => {
  for (const [index, { contents }] of unsettled.entries()) {
    const next = (picks[index] ?? 0) + 1;
    picks[index] = next < contents.length ? next : 0;
    if (next < contents.length) return true;
  }
  return false;
};

/** What is there when everything up to some event has arrived, in order. */
function* everyPrefix(interval: Interval): Generator<Choice, void, undefined> {
  const { unsettled } = interval;
  const picks = new Uint32Array(unsettled.length);
  const steps = unsettled
    .flatMap(({ contents }, index) => contents.map(({ at }, pick) => ({ at, index, pick })))
    .filter(({ pick }) => pick > 0)
    .toSorted((a, b) => a.at - b.at);
  yield { interval, picks, torn: undefined };
  for (const { index, pick } of steps) {
    picks[index] = pick;
    yield { interval, picks, torn: undefined };
  }
}

/** All items, the distant ones first: 0, n/2, n/4, 3n/4 … so that a limit leaves no end of the story untried. */
function* spread<T>(items: readonly T[]): Generator<T, void, undefined> {
  const width = Math.max(1, Math.ceil(Math.log2(Math.max(2, items.length))));
  for (let count = 0; count < 2 ** width; count += 1) {
    let place = 0;
    for (let bit = 0; bit < width; bit += 1) place |= ((count >>> bit) & 1) << (width - 1 - bit);
    const item = items[place];
    if (item !== undefined) yield item;
  }
}

/** Draws an interval, one with more unsettled sectors more often. */
const drawInterval = (intervals: readonly Interval[], luck: Luck): (() => Interval) => {
  const ends: number[] = [];
  let total = 0;
  for (const { unsettled } of intervals) {
    total += 1 + Math.log2(1 + unsettled.length) * 4;
    ends.push(total);
  }
  return () => {
    const point = (luck.below(2 ** 31) / 2 ** 31) * total;
    const interval = intervals[ends.findIndex((end) => point < end)];
    if (interval === undefined) throw new Error("a history has no interval");
    return interval;
  };
};

const drawChoice = (interval: Interval, luck: Luck): Choice => {
  const picks = drawPicks(interval, luck);
  return { interval, picks, torn: luck.below(4) === 0 ? drawTorn(picks, luck) : undefined };
};

/** How much of an interval arrived, as a power cut and a disk that orders its writes freely may have it. */
const drawPicks = (interval: Interval, luck: Luck): Uint32Array => {
  const { unsettled, from, until } = interval;
  const any = ({ contents }: Unsettled): number => luck.below(contents.length);
  const pickEach = (pick: (entry: Unsettled) => number): Uint32Array =>
    Uint32Array.from(unsettled, pick);
  const exceptFew = (picks: Uint32Array): Uint32Array => {
    for (let count = 1 + luck.below(3); count > 0 && picks.length > 0; count -= 1) {
      const index = luck.below(picks.length);
      const entry = unsettled[index];
      if (entry !== undefined) picks[index] = any(entry);
    }
    return picks;
  };
  const cut = from + luck.below(until - from + 1);
  const inOrder = ({ contents }: Unsettled): number =>
    Math.max(
      0,
      contents.findLastIndex(({ at }) => at < cut),
    );
  switch (luck.below(6)) {
    case 0:
      return pickEach(inOrder);
    case 1:
      return exceptFew(pickEach(inOrder));
    case 2:
      return exceptFew(pickEach(({ contents }) => contents.length - 1));
    case 3:
      return exceptFew(pickEach(() => 0));
    case 4:
      return pickEach((entry) => (luck.below(2) === 0 ? any(entry) : entry.contents.length - 1));
    default:
      return pickEach(any);
  }
};

const drawTorn = (picks: Uint32Array, luck: Luck): TornPick | undefined => {
  if (picks.length === 0) return undefined;
  const first = luck.below(picks.length);
  for (let step = 0; step < picks.length; step += 1) {
    const index = (first + step) % picks.length;
    if ((picks[index] ?? 0) > 0) return { index, parts: 1 + luck.below(TORN_PARTS - 1) };
  }
  return undefined;
};
