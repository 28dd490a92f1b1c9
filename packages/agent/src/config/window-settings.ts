/** The settings of the strategy `window`: its windows, the clock that they go by, and the days without any. Pure. */
import type { Blackout } from "../window/gate.ts";
import { parseWindow, type Window } from "../window/window.ts";
import { listOf, type Reading, refused, shown } from "./reading.ts";
import type { SettingNode } from "./yaml-document.ts";

const MOST_WINDOWS = 32;
const MOST_BLACKOUTS = 64;

const WINDOW_HINT =
  "write such as `Sat,Sun 02:00 for 4h`, `daily 03:30 for 90m`, or `cron 0 2 * * 2#2 for 2h`";

export const windowsIn = (node: SettingNode): Reading<readonly Window[]> =>
  listOf(
    node,
    { what: "a window", most: MOST_WINDOWS, hint: WINDOW_HINT },
    (item): Reading<Window> => {
      const parsed = parseWindow(item.text);
      return parsed.ok
        ? { ok: true, value: parsed.window }
        : refused(item, `${shown(item)} is no window: ${parsed.message}`, WINDOW_HINT);
    },
  );

const isTimeZone = (name: string): boolean => {
  // What Temporal takes beside names: an offset, which knows no summer.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
};

export const timeZoneName = (node: SettingNode): Reading<string> => {
  const hint = "write such as Europe/Berlin, or UTC";
  if (node.kind !== "scalar") return refused(node, "the name of a time zone belongs here", hint);
  return isTimeZone(node.text)
    ? { ok: true, value: node.text }
    : refused(node, `there is no time zone ${shown(node)}`, hint);
};

const BLACKOUT_HINT = "write such as `2026-12-18 to 2027-01-06`, or one day alone";

const isDate = (text: string): boolean => {
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
};

export const blackoutsIn = (node: SettingNode): Reading<readonly Blackout[]> =>
  listOf(
    node,
    { what: "a day, or two,", most: MOST_BLACKOUTS, hint: BLACKOUT_HINT },
    (item): Reading<Blackout> => {
      const [, first = "", last = first] =
        /^(\d{4}-\d\d-\d\d)(?: +to +(\d{4}-\d\d-\d\d))?$/.exec(item.text) ?? [];
      if (!isDate(first) || !isDate(last))
        return refused(item, `${shown(item)} is no range of days`, BLACKOUT_HINT);
      return first <= last
        ? { ok: true, value: { first, last } }
        : refused(item, `${shown(item)} ends before it begins`, BLACKOUT_HINT);
    },
  );
