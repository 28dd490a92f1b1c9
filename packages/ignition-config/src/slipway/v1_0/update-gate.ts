/** When the agent of an image may restart its node, as far as that can be told from the text: the agent reads it with a grammar of its own. */
import { quote } from "../../report/violation.ts";
import type { TextRule } from "../../schema/shape.ts";

const MAX_TEXT = 200;
const WEEK_MINUTES = 7 * 24 * 60;
const MINUTES_IN: Readonly<Record<string, number>> = { m: 1, h: 60, d: 1440 };

const WINDOW_HINT =
  "write such as `Sat,Sun 02:00 for 4h`, `daily 03:30 for 90m`, or `cron 0 2 * * 2#2 for 2h`";

const DAY = "(?:mon|tue|wed|thu|fri|sat|sun)";
const DAYS = `${DAY}(?:-${DAY})?`;
const WEEKLY = new RegExp(`^(?:daily|${DAYS}(?:,${DAYS})*) +(?:[01][0-9]|2[0-3]):[0-5][0-9]$`, "i");
const CRON = /^cron +(?:[^ ]+ +){4}[^ ]+$/;

const windowProblem = (text: string): string | undefined => {
  const [, when = "", count = "", unit = ""] =
    /^ *([^ ].*?) +for +([1-9][0-9]{0,4}) *([mhd]) *$/.exec(text.slice(0, MAX_TEXT)) ?? [];
  if (when === "") return "it has no length at its end, such as `for 90m` or `for 4h`";
  if (Number(count) * (MINUTES_IN[unit] ?? 0) > WEEK_MINUTES) return "it is longer than a week";
  return WEEKLY.test(when) || CRON.test(when)
    ? undefined
    : "it begins with no days and time of them, and with no cron expression of five fields";
};

export const windowText: TextRule = {
  pattern: " for +[1-9][0-9]{0,4} *[mhd] *$",
  check: (text) => {
    const problem = windowProblem(text);
    return problem === undefined
      ? undefined
      : {
          rule: "update-gate",
          message: `${quote(text)} is no window: ${problem}`,
          hint: WINDOW_HINT,
        };
  },
};

const isTimeZone = (name: string): boolean => {
  // An offset knows no summer.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
};

export const timeZoneName: TextRule = {
  pattern: "^[A-Za-z][A-Za-z0-9_+/-]{0,63}$",
  check: (name) =>
    isTimeZone(name)
      ? undefined
      : {
          rule: "update-gate",
          message: `there is no time zone ${quote(name)}`,
          hint: "write such as `Europe/Berlin`, or `UTC`",
        },
};

const isDate = (text: string): boolean => {
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
};

export const blackoutText: TextRule = {
  pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}(?: +to +[0-9]{4}-[0-9]{2}-[0-9]{2})?$",
  check: (text) => {
    const [, first = "", last = first] =
      /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?: +to +([0-9]{4}-[0-9]{2}-[0-9]{2}))?$/.exec(text) ?? [];
    return isDate(first) && isDate(last) && first <= last
      ? undefined
      : {
          rule: "update-gate",
          message: `${quote(text)} is no range of days`,
          hint: "write such as `2026-12-18 to 2027-01-06`, or one day alone",
        };
  },
};
