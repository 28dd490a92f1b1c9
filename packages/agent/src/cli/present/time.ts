/** Moments for people, as a distance and as a date. Pure. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `40 s`, `12 min`, `5 h`, `3 days`. */
const span = (seconds: number): string => {
  if (seconds < 2 * MINUTE) return `${seconds} s`;
  if (seconds < 2 * HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < 2 * DAY) return `${Math.floor(seconds / HOUR)} h`;
  return `${Math.floor(seconds / DAY)} days`;
};

/** `5 min ago`, `in 25 min`, `now`; both in seconds since 1970. */
export const distance = (at: number, now: number): string => {
  const seconds = Math.round(at - now);
  if (seconds === 0) return "now";
  return seconds < 0 ? `${span(-seconds)} ago` : `in ${span(seconds)}`;
};

/** The last moment that ISO 8601 writes with four digits of year. */
const LAST = 253_402_300_799;

/** `2026-11-22 14:03 UTC`, of seconds since 1970. */
export const date = (at: number): string => {
  if (!(at >= 0 && at <= LAST)) return "at no known time";
  return `${new Date(at * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
};

export const dateAndDistance = (at: number, now: number): string =>
  `${date(at)} (${distance(at, now)})`;
