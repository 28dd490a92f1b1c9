import { replaced, sectorDigest } from "./digest.ts";
import type { Content, Interval, Unsettled } from "./history.ts";
import type { Sectors } from "./sectors.ts";
import type { SimulatedDisk } from "./simulated-disk.ts";

/** A sector that the power cut hit: it begins with the newer content and goes on with the older one. */
export interface Torn {
  readonly sector: number;
  readonly older: Content;
  readonly newer: Content;
  /** How much of it is new, from 1 to `TORN_PARTS` − 1 parts. */
  readonly parts: number;
}

/**
 * A torn sector changes from new to old at one of these parts: of 512 bytes in a sector of 4096, which is what such a disk
 * promises to write whole; of 64 bytes in a sector of 512, which is worse than any disk that keeps its promises.
 */
export const TORN_PARTS = 8;

/** What one of the sectors held that were not settled when the power went. */
export interface Found {
  readonly sector: number;
  readonly content: Content;
  /** Whether it is the newest content that the interval gave the sector. */
  readonly newest: boolean;
}

/** A disk that a power cut could have left. It stays as it is while the disk it came from goes on. */
export interface CrashState extends Sectors {
  /** The time in which the power may have gone so: from after this event to before that one. */
  readonly interval: Pick<Interval, "index" | "from" | "until">;
  /** What each unsettled sector held. */
  found(): readonly Found[];
  readonly torn: Torn | undefined;
  /** In words: which writes were lost or torn. */
  explain(): string;
}

/** One content for each of the interval's unsettled sectors, by its place among their contents, and one torn, maybe. */
export interface Choice {
  readonly interval: Interval;
  readonly picks: ArrayLike<number>;
  readonly torn: TornPick | undefined;
}

export interface TornPick {
  /** Which of the unsettled sectors. */
  readonly index: number;
  readonly parts: number;
}

/** The digest of the disk that a choice leaves, without making that disk. */
export const digestOfChoice = (choice: Choice): number => {
  const { interval, picks, torn } = choice;
  let digest = interval.digest;
  for (let index = 0; index < interval.unsettled.length; index += 1) {
    const pick = picks[index] ?? 0;
    if (pick === 0) continue;
    const { contents } = unsettledAt(interval, index);
    digest = replaced(digest, contents[0].digest, contentAt(contents, pick).digest);
  }
  if (torn === undefined) return digest;
  const tear = tornOf(interval, picks, torn);
  return replaced(digest, tear.newer.digest, sectorDigest(tear.sector, tornBytes(tear)));
};

/** The disk that a choice leaves. */
export const stateOf = (disk: SimulatedDisk, choice: Choice, digest: number): CrashState => {
  const { interval, picks } = choice;
  const torn = choice.torn === undefined ? undefined : tornOf(interval, picks, choice.torn);
  const found = (): readonly Found[] =>
    interval.unsettled.map(({ sector, contents }, index) => ({
      sector,
      content: contentAt(contents, picks[index] ?? 0),
      newest: (picks[index] ?? 0) === contents.length - 1,
    }));
  let tornContent: Uint8Array | undefined;
  const read = (sector: number): Uint8Array => {
    const index = interval.indexOf(sector);
    if (index === undefined) return disk.durable(sector, interval.index);
    if (sector === torn?.sector) return (tornContent ??= tornBytes(torn));
    return contentAt(unsettledAt(interval, index).contents, picks[index] ?? 0).bytes;
  };
  return {
    sectorSize: disk.sectorSize,
    sectors: disk.sectors,
    digest,
    interval,
    torn,
    found,
    read,
    touched: () => new Set([...disk.touched(), ...interval.unsettled.map(({ sector }) => sector)]),
    explain: () =>
      [
        `power cut between events ${interval.from} and ${interval.until}`,
        ...found()
          .filter(({ newest }) => !newest)
          .map(({ sector, content }) => `sector ${sector} is from ${describeContent(content)}`),
        ...(torn === undefined ? [] : [describeTorn(torn)]),
      ].join("\n"),
  };
};

const unsettledAt = (interval: Interval, index: number): Unsettled => {
  const entry = interval.unsettled[index];
  if (entry === undefined) throw new RangeError(`no unsettled sector ${index} in the interval`);
  return entry;
};

const contentAt = (contents: readonly Content[], pick: number): Content => {
  const content = contents[pick];
  if (content === undefined) throw new RangeError(`no content ${pick} of ${contents.length}`);
  return content;
};

/** The sector was being written when the power went, over what was given to it just before. */
const tornOf = (interval: Interval, picks: ArrayLike<number>, { index, parts }: TornPick): Torn => {
  const { sector, contents } = unsettledAt(interval, index);
  const pick = picks[index] ?? 0;
  return {
    sector,
    older: contentAt(contents, pick - 1),
    newer: contentAt(contents, pick),
    parts,
  };
};

const tornBytes = ({ older, newer, parts }: Torn): Uint8Array => {
  const bytes = older.bytes.slice();
  bytes.set(newer.bytes.subarray(0, (bytes.byteLength / TORN_PARTS) * parts));
  return bytes;
};

const describeContent = ({ at, site }: Content): string =>
  at < 0 ? "before everything" : `event ${at} (${site})`;

const describeTorn = ({ sector, older, newer, parts }: Torn): string =>
  `sector ${sector} is torn: ${parts} of ${TORN_PARTS} parts from ${describeContent(newer)}, ` +
  `the rest from ${describeContent(older)}`;
