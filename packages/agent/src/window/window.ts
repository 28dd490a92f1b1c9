/** Times in which a node may restart: how they are written, and in which minutes of a day they begin. */
import { createTask, parse } from "node-cron";

/** How often and how long; which clock it goes by is the schedule's. */
export interface Window {
  /** As its author wrote it. */
  readonly text: string;
  /** From 1 to 10 080, a week. */
  readonly lengthMinutes: number;
  /** In which minutes of a day it begins: from 0 to 1439, in their order. */
  readonly beginsOn: (date: CalendarDate) => readonly number[];
}

/** A day as people date it: months and days count from 1, and days of the week from Monday, 1, to Sunday, 7. */
export interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly dayOfWeek: number;
}

export type ParsedWindow =
  | { readonly ok: true; readonly window: Window }
  | { readonly ok: false; readonly message: string };

const WEEK_MINUTES = 7 * 24 * 60;
const MINUTES_IN: ReadonlyMap<string, number> = new Map([
  ["m", 1],
  ["h", 60],
  ["d", 1440],
]);
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** What is longer was not written by a person. */
const MOST_TEXT = 200;

/** Why a text is no window. Thrown inside this file alone. */
class NoWindow extends Error {}

/** `WHEN for LENGTH`, where WHEN is `DAYS HH:MM` or `cron EXPRESSION`, and LENGTH a number of m, h or d. */
export const parseWindow = (text: string): ParsedWindow => {
  try {
    const [, when = "", count = "", unit = ""] =
      /^ *(\S.*?) +for +([1-9]\d{0,4}) *([mhd]) *$/.exec(text.slice(0, MOST_TEXT)) ?? [];
    if (when === "")
      throw new NoWindow("it has no length at its end, such as `for 90m` or `for 4h`");
    const lengthMinutes = Number(count) * (MINUTES_IN.get(unit) ?? 0);
    if (lengthMinutes > WEEK_MINUTES) throw new NoWindow("it is longer than a week");
    const [, expression] = /^cron +(.*)$/.exec(when) ?? [];
    const beginsOn = expression === undefined ? weekly(when) : cron(expression);
    return { ok: true, window: { text, lengthMinutes, beginsOn } };
  } catch (error) {
    if (error instanceof NoWindow) return { ok: false, message: error.message };
    throw error;
  }
};

const weekly = (when: string): Window["beginsOn"] => {
  const [, days = "", hour = "", minute = ""] =
    /^(\S+) +([01]\d|2[0-3]):([0-5]\d)$/.exec(when) ?? [];
  if (days === "") throw new NoWindow(`'${when}' is no day and time of it, such as Sat,Sun 02:00`);
  const begins = [Number(hour) * 60 + Number(minute)];
  const among = daysOf(days);
  return ({ dayOfWeek }) => (among.has(dayOfWeek) ? begins : []);
};

/** `daily`, or names and ranges of days, with commas between them; `Fri-Mon` goes over the weekend. */
const daysOf = (text: string): ReadonlySet<number> => {
  if (text.toLowerCase() === "daily") return new Set(DAYS.keys().map((index) => index + 1));
  const found = new Set<number>();
  for (const part of text.toLowerCase().split(",")) {
    const [first = -1, last = first, ...more] = part
      .split("-")
      .map((name) => DAYS.findIndex((day) => day === name));
    if (first < 0 || last < 0 || more.length > 0)
      throw new NoWindow(
        `'${part}' is no day: write Mon, Tue, Wed, Thu, Fri, Sat or Sun, or daily`,
      );
    for (let index = first; ; index = (index + 1) % DAYS.length) {
      found.add(index + 1);
      if (index === last) break;
    }
  }
  return found;
};

/** Five fields; node-cron's grammar, with `L`, `W` and `#`. Both a day of the month and a day of the week have to match, as it does. */
const cron = (expression: string): Window["beginsOn"] => {
  if (expression.trim().split(/ +/).length !== 5)
    throw new NoWindow(`'${expression}' has not the five fields of a cron expression`);
  const { minute, hour } = parsedCron(expression);
  const begins = hour
    .flatMap((one) => minute.map((other) => one * 60 + other))
    .toSorted((a, b) => a - b);
  const [first = 0] = begins;
  // The calendar alone is asked, so the clock is one that never jumps.
  const task = createTask(expression, () => undefined, { timezone: "UTC" });
  // It is never started, and node-cron would keep it for ever: settings are read anew each time.
  void task.destroy();
  return ({ year, month, day }) =>
    task.match(new Date(Date.UTC(year, month - 1, day, 0, first))) ? begins : [];
};

const parsedCron = (expression: string): ReturnType<typeof parse> => {
  try {
    return parse(expression);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new NoWindow(`'${expression}' is no cron expression: ${said}`);
  }
};
