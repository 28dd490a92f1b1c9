/** Files, and the room for more. */
import type { Clock } from "@slipway/host";
import type { FileCheck, SpaceCheck } from "@slipway/release";
import type { Places, Room } from "../ports.ts";
import type { Seen } from "../trial.ts";

/** What is searched of a file. */
const MOST_FILE_BYTES = 1024 * 1024;

const MIB = 1024 * 1024;

const failed = (seen: string, output?: string): Seen => ({
  passed: false,
  seen,
  ...(output === undefined ? {} : { output }),
});

export const lookAtFile =
  (places: Places, clock: Pick<Clock, "now">, what: FileCheck) => async (): Promise<Seen> => {
    const { path, contains, fresh_seconds } = what;
    const place = await places.at(path);
    if (place === undefined) return failed(`${path} is not there`);
    const ageSeconds = Math.floor((clock.now().getTime() - place.changedMs) / 1000);
    if (fresh_seconds !== undefined && ageSeconds > fresh_seconds)
      return failed(`${path} was written ${ageSeconds} s ago, more than ${fresh_seconds} s`);
    if (contains === undefined) return { passed: true, seen: `${path} is there` };
    if (!place.isFile) return failed(`${path} is no plain file, and is not searched`);
    const text = await places.start(path, MOST_FILE_BYTES);
    return text.includes(contains)
      ? { passed: true, seen: `${path} holds ${JSON.stringify(contains)}` }
      : failed(`${path} does not hold ${JSON.stringify(contains)}`, text);
  };

/** In whole percents, rounded down. */
const percentFree = ({ freeBytes, totalBytes }: Room): number =>
  totalBytes === 0 ? 0 : Math.floor((freeBytes * 100) / totalBytes);

export const lookAtSpace =
  (places: Places, { path, free_mib, free_percent }: SpaceCheck) =>
  async (): Promise<Seen> => {
    const room = await places.room(path);
    const [mib, percent] = [Math.floor(room.freeBytes / MIB), percentFree(room)];
    const wanted = [
      ...(free_mib !== undefined && mib < free_mib ? [`${free_mib} MiB`] : []),
      ...(free_percent !== undefined && percent < free_percent ? [`${free_percent} %`] : []),
    ];
    const has = `${path} has ${mib} MiB free, ${percent} %`;
    return wanted.length === 0
      ? { passed: true, seen: has }
      : failed(`${has}, less than ${wanted.join(" and ")}`);
  };
