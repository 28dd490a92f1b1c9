/** What a kernel wrote when it panicked: systemd-pstore moves it from the firmware's memory to /var in the boot after. */
import { lastLines, type Lines, MAX_LINES } from "@slipway/release";
import type { Places } from "../health/ports.ts";

export const PSTORE = "/var/lib/systemd/pstore";

/** Directories by moment, in them by number; a machine that panics for ever fills them. */
const MOST_NAMES = 512;
const MOST_DEPTH = 2;
const MOST_BYTES = 64 * 1024;

interface Trace {
  readonly path: string;
  readonly changedMs: number;
}

/** `dmesg.txt` is put together of the parts, which are `dmesg-efi-…` and the like. */
const isTrace = (name: string): boolean => /^dmesg(?:\.txt$|-)/.test(name);

const tracesIn = async (
  places: Places,
  directory: string,
  depth: number,
): Promise<readonly Trace[]> => {
  const names = (await places.names(directory)).slice(-MOST_NAMES);
  const traces: Trace[] = [];
  for (const name of names) {
    const path = `${directory}/${name}`;
    const place = await places.at(path);
    if (place === undefined) continue;
    if (place.isFile && isTrace(name)) traces.push({ path, changedMs: place.changedMs });
    else if (!place.isFile && depth > 0) traces.push(...(await tracesIn(places, path, depth - 1)));
  }
  return traces;
};

/** The whole text before its parts, then the newest. */
const byWorth = (a: Trace, b: Trace): number =>
  Number(b.path.endsWith("/dmesg.txt")) - Number(a.path.endsWith("/dmesg.txt")) ||
  b.changedMs - a.changedMs;

/** A trace that begins early enough has the kernel's command line in it. */
const isOf = (text: string, roothash: string): boolean => {
  const named = /\broothash=([0-9a-f]{64})\b/.exec(text)?.[1];
  return named === undefined || named === roothash;
};

/**
 * The last lines of what was moved since then, without the marks of the log's levels; none where there is nothing, or only of another release. It is
 * evidence: what cannot be read is not there.
 */
export const readPanic = async (
  places: Places,
  { sinceMs, roothash }: { readonly sinceMs: number; readonly roothash: string },
): Promise<Lines> => {
  try {
    const traces = await tracesIn(places, PSTORE, MOST_DEPTH);
    const [newest] = traces.filter(({ changedMs }) => changedMs >= sinceMs).toSorted(byWorth);
    if (newest === undefined) return [];
    const text = await places.end(newest.path, MOST_BYTES);
    if (!isOf(text, roothash)) return [];
    return lastLines(text.replaceAll(/^<\d{1,3}>/gm, ""), MAX_LINES);
  } catch {
    return [];
  }
};
