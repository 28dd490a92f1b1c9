/**
 * What happened to a disk, and from it what a power cut may have left of it. Everything between two flushes is one interval: in
 * it, each sector holds what was durable when the interval began, or any content given to it since. The disks that a cut at any
 * moment of the interval could leave are exactly the choices of one content per sector.
 */
import { replaced, sectorDigest } from "./digest.ts";
import type { Sectors } from "./sectors.ts";

/** What a sector held at some time. */
export interface Content {
  /** The event that gave it, counted from 0; `BEFORE` for what was there at first. */
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly digest: number;
  /** Who wrote it, for people. */
  readonly site: string;
  /** Sure of having been given to the disk, so that a flush makes it durable. */
  readonly written: boolean;
}

/** A sector that more than one content could be in: `contents[0]` is the durable one, the others follow in time. */
export interface Unsettled {
  readonly sector: number;
  readonly contents: readonly [Content, ...Content[]];
}

/** The time between two flushes. */
export interface Interval {
  readonly index: number;
  /** The events in it: from this one to before that one. */
  readonly from: number;
  readonly until: number;
  readonly unsettled: readonly Unsettled[];
  /** Where a sector is among the unsettled ones. */
  indexOf(sector: number): number | undefined;
  /** The digest of the disk with only what is durable. */
  readonly digest: number;
}

export interface History {
  /** How many events there were. */
  readonly events: number;
  /** A content was given to the disk, or (`written: false`) may have been. The bytes are kept, not copied. */
  add(sector: number, bytes: Uint8Array, options: AddOptions): void;
  /** From here on, everything written is durable. */
  flush(): void;
  /** All intervals, the last one ending now. */
  intervals(): readonly Interval[];
  /** What was durable in the sector during an interval; nothing when the sector was never written by then. */
  durable(sector: number, interval: number): Content | undefined;
}

export interface AddOptions {
  readonly written: boolean;
  readonly site: string;
}

/** The event before the first. */
export const BEFORE = -1;

interface Track {
  readonly sector: number;
  /** `contents[0]` is durable. */
  contents: [Content, ...Content[]];
  /** The last thing said of this sector. */
  newest: Content;
  /** Durable contents, each with the interval that it was durable from. */
  readonly settled: { readonly interval: number; readonly content: Content }[];
  snapshot: Unsettled | undefined;
}

/** A history that begins on a disk. */
export const historyOf = (base: Sectors): History => {
  const tracks = new Map<number, Track>();
  const unsettled = new Set<Track>();
  const finished: Interval[] = [];
  let events = 0;
  let from = 0;
  let digest = base.digest;

  const trackOf = (sector: number): Track => {
    const known = tracks.get(sector);
    if (known !== undefined) return known;
    const bytes = base.read(sector);
    const first: Content = {
      at: BEFORE,
      bytes,
      digest: sectorDigest(sector, bytes),
      site: "before",
      written: true,
    };
    const track: Track = {
      sector,
      contents: [first],
      newest: first,
      settled: [{ interval: 0, content: first }],
      snapshot: undefined,
    };
    tracks.set(sector, track);
    return track;
  };
  const intervalNow = (): Interval => {
    const entries = Array.from(unsettled, snapshotOf);
    let places: ReadonlyMap<number, number> | undefined;
    return {
      index: finished.length,
      from,
      until: events,
      unsettled: entries,
      indexOf: (sector) => {
        places ??= new Map(entries.map((entry, index) => [entry.sector, index]));
        return places.get(sector);
      },
      digest,
    };
  };
  const settle = (track: Track): void => {
    const last = track.contents.findLastIndex((content) => content.written);
    const content = track.contents[last];
    if (content === undefined || last === 0) return;
    digest = replaced(digest, track.contents[0].digest, content.digest);
    track.contents = [content, ...track.contents.slice(last + 1)];
    track.snapshot = undefined;
    track.settled.push({ interval: finished.length, content });
    if (track.contents.length === 1) unsettled.delete(track);
  };

  return {
    get events() {
      return events;
    },
    add: (sector, bytes, { written, site }) => {
      const track = trackOf(sector);
      const digest = sectorDigest(sector, bytes);
      if (track.newest.digest === digest && (track.newest.written || !written)) return;
      const content: Content = { at: events, bytes, digest, site, written };
      events += 1;
      track.contents.push(content);
      track.newest = content;
      track.snapshot = undefined;
      unsettled.add(track);
    },
    flush: () => {
      if (from === events) return;
      finished.push(intervalNow());
      for (const track of unsettled) settle(track);
      from = events;
    },
    intervals: () => [...finished, intervalNow()],
    durable: (sector, interval) =>
      tracks.get(sector)?.settled.findLast((entry) => entry.interval <= interval)?.content,
  };
};

const snapshotOf = (track: Track): Unsettled => {
  track.snapshot ??= { sector: track.sector, contents: [...track.contents] };
  return track.snapshot;
};
