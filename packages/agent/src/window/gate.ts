/**
 * Whether the gate to a restart is open, by the clock on the wall of a time zone and through both changes of daylight-saving time. Pure, but for the
 * rules of time zones, which are those of Node.js.
 *
 * A window begins when the clock shows its time, and is as long as it says. Where the clock shows that time twice, it begins with the first; where it leaves
 * the time out, it begins as much later as the clock was put forward (RFC 5545, 3.3.5): 02:30 becomes 03:30. So none is left out, and none comes twice.
 */
import { bucket } from "@slipway/release";
import type { Window } from "./window.ts";

/** Days on which nothing begins and everything ends, as `YYYY-MM-DD`; the last one is one of them. */
export interface Blackout {
  readonly first: string;
  readonly last: string;
}

export interface Schedule {
  /** Of the time zones' database, such as Europe/Berlin. */
  readonly timeZone: string;
  readonly windows: readonly Window[];
  readonly blackouts: readonly Blackout[];
  /** Whoever has one goes through a while after a gate opens: see `delayed`. */
  readonly nodeId?: string;
}

/** Milliseconds since 1970. */
export type Gate =
  | { readonly isOpen: true; readonly closesAtMs: number }
  /** Without a moment where it does not open within 400 days. */
  | { readonly isOpen: false; readonly opensAtMs?: number };

const MINUTE = 60_000;
const DAY_MINUTES = 1440;
const HORIZON_DAYS = 400;

/** What every calendar can tell: the clock of a node without a battery says 1970, and no later than in 9000 years. */
const LATEST_MS: number = Date.UTC(9999, 0);

/** From, and until just before. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export const gateAt = (schedule: Schedule, nowMs: number): Gate => {
  if (!(nowMs >= 0 && nowMs < LATEST_MS)) return { isOpen: false };
  const today = Temporal.Instant.fromEpochMilliseconds(nowMs)
    .toZonedDateTimeISO(schedule.timeZone)
    .toPlainDate();
  const closed = schedule.blackouts.map((blackout) => spanOf(blackout, schedule));
  const spansIn = (first: number, last: number): readonly Span[] =>
    delayed(
      Array.from({ length: last - first + 1 }, (_, index) => today.add({ days: first + index }))
        .flatMap((date) => beginningOn(date, schedule))
        .flatMap((span) => without(span, closed)),
      schedule,
    );

  const longest = Math.max(0, ...schedule.windows.map(({ lengthMinutes }) => lengthMinutes));
  const days = Math.ceil(longest / DAY_MINUTES) + 1;
  const near = spansIn(-days, days);
  const open = near.filter(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
  if (open.length > 0) return { isOpen: true, closesAtMs: endOf(near, nowMs) };
  const firstOf = (spans: readonly Span[]): number =>
    Math.min(...spans.map(({ fromMs }) => fromMs).filter((fromMs) => fromMs > nowMs));
  let opensAtMs = firstOf(near);
  for (let day = days + 1; opensAtMs === Infinity && day <= HORIZON_DAYS; day += 1)
    opensAtMs = firstOf(spansIn(day, day));
  return opensAtMs === Infinity ? { isOpen: false } : { isOpen: false, opensAtMs };
};

/** The windows that begin on a day. */
const beginningOn = (date: Temporal.PlainDate, { timeZone, windows }: Schedule): readonly Span[] =>
  windows.flatMap(({ beginsOn, lengthMinutes }) =>
    beginsOn(date).map((minute) => {
      const plainTime = { hour: Math.floor(minute / 60), minute: minute % 60 };
      const fromMs = date.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds;
      return { fromMs, toMs: fromMs + lengthMinutes * MINUTE };
    }),
  );

const spanOf = ({ first, last }: Blackout, { timeZone }: Schedule): Span => ({
  fromMs: Temporal.PlainDate.from(first).toZonedDateTime(timeZone).epochMilliseconds,
  toMs: Temporal.PlainDate.from(last).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds,
});

/** What is left of a span. */
const without = (span: Span, closed: readonly Span[]): readonly Span[] =>
  closed.reduce<readonly Span[]>(
    (left, { fromMs, toMs }) =>
      left
        .flatMap((one) => [
          { fromMs: one.fromMs, toMs: Math.min(one.toMs, fromMs) },
          { fromMs: Math.max(one.fromMs, toMs), toMs: one.toMs },
        ])
        .filter((one) => one.fromMs < one.toMs),
    [span],
  );

/** A fleet has one schedule, and its servers are not to go and to come back in one second. */
const MOST_DELAY_MS: number = 10 * MINUTE;

const delayOf = ({ fromMs, toMs }: Span, nodeId: string): number =>
  Math.floor(Math.min((toMs - fromMs) / 10, MOST_DELAY_MS) * bucket(nodeId, `window ${fromMs}`));

/** Where the gate opens it does so for each node at another moment, in the first tenth of the window: for this node always the same, and another in the next window. */
const delayed = (spans: readonly Span[], { nodeId }: Schedule): readonly Span[] => {
  if (nodeId === undefined) return spans;
  let [openedMs, endMs] = [-Infinity, -Infinity];
  return spans
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .map((span) => {
      if (span.fromMs > endMs) openedMs = span.fromMs;
      endMs = Math.max(endMs, span.toMs);
      // One that begins before another has ended opens nothing.
      if (span.fromMs !== openedMs) return span;
      return { ...span, fromMs: span.fromMs + delayOf(span, nodeId) };
    });
};

/** Until when one span follows upon another without a gap. */
const endOf = (spans: readonly Span[], nowMs: number): number => {
  let end = nowMs;
  for (const { fromMs, toMs } of spans.toSorted((a, b) => a.fromMs - b.fromMs))
    if (fromMs <= end && toMs > end) end = toMs;
  return end;
};
