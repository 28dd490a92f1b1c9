/** FAT's times: two seconds fine, from 1980 to 2107, in UTC as `tz=UTC` and a machine without a time zone have it. */
export interface Timestamp {
  readonly date: number;
  readonly time: number;
  /** The odd second and its hundredths, which only the creation time has. */
  readonly hundredths: number;
}

export const timestampOf = (moment: Date): Timestamp => {
  const year = moment.getUTCFullYear();
  if (year < 1980) return { date: dateOf(1980, 1, 1), time: 0, hundredths: 0 };
  if (year > 2107) {
    return { date: dateOf(2107, 12, 31), time: timeOf(23, 59, 58), hundredths: 199 };
  }
  const seconds = moment.getUTCSeconds();
  return {
    date: dateOf(year, moment.getUTCMonth() + 1, moment.getUTCDate()),
    time: timeOf(moment.getUTCHours(), moment.getUTCMinutes(), seconds),
    hundredths: (seconds & 1) * 100 + Math.floor(moment.getUTCMilliseconds() / 10),
  };
};

const dateOf = (year: number, month: number, day: number): number =>
  ((year - 1980) << 9) | (month << 5) | day;

const timeOf = (hours: number, minutes: number, seconds: number): number =>
  (hours << 11) | (minutes << 5) | (seconds >> 1);
