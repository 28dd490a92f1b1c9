/** How a release is to be rolled out, as people say it: percents and lengths of time from a start that publishing sets. */
import type { Decoded, Path } from "../wire/finding.ts";
import { gatherProblems, finish, type ObjectReader, readList, readObject } from "../wire/reader.ts";
import { NAME, REASON } from "../wire/shapes.ts";
import type { Landmark, Rollout, Wave } from "./channel.ts";
import { checkWaves } from "./check-channel.ts";
import { LONGEST, MAX_GROUPS, MAX_WAVES } from "./decode-channel.ts";

/** A wave without its start: it begins when the one before has soaked. */
export interface PlannedWave {
  /** In hundredths of a percent of all nodes, those of the waves before included. */
  readonly share: number;
  /** In seconds. */
  readonly duration: number;
  /** In seconds. */
  readonly soak: number;
}

export interface RolloutPolicy {
  /** When the first wave begins, in seconds since 1970; publishing says when where this does not. */
  readonly start?: number;
  readonly waves: readonly PlannedWave[];
  readonly groups: ReadonlyMap<string, readonly PlannedWave[]>;
  readonly landmark?: Landmark;
}

const HOUR = 3600;

const hours = (percent: number, duration: number, soak: number): PlannedWave => ({
  share: percent * 100,
  duration: duration * HOUR,
  soak: soak * HOUR,
});

/** Six days: slow while few have it, when most problems show. */
export const DEFAULT_POLICY: RolloutPolicy = {
  waves: [
    hours(1, 1, 3),
    hours(5, 4, 16),
    hours(10, 8, 16),
    hours(25, 12, 12),
    hours(50, 12, 12),
    hours(75, 12, 12),
    hours(100, 24, 0),
  ],
  groups: new Map(),
};

/** Three hours, for what is worse unfixed than untried. */
export const EMERGENCY_POLICY: RolloutPolicy = {
  waves: [hours(5, 0.25, 0.5), hours(25, 0.25, 0.5), hours(100, 1.5, 0)],
  groups: new Map(),
};

const UNITS: ReadonlyMap<string, number> = new Map([
  ["s", 1],
  ["m", 60],
  ["h", HOUR],
  ["d", 24 * HOUR],
]);

/** `90m`, `2d`, or a number of seconds. */
const parseDuration = (value: unknown): number | undefined => {
  const text = typeof value === "number" ? `${value}s` : value;
  const match = typeof text === "string" ? /^(\d{1,9})([smhd])$/.exec(text) : null;
  if (match === null) return undefined;
  const seconds = Number(match[1]) * (UNITS.get(match[2] ?? "") ?? Number.NaN);
  return seconds <= LONGEST.max ? seconds : undefined;
};

/** Percents have two decimals at most: canonical form counts in hundredths. */
const parsePercent = (value: unknown): number | undefined => {
  if (typeof value !== "number" || !(value > 0 && value <= 100)) return undefined;
  const share = Math.round(value * 100);
  return share > 0 && Math.abs(share - value * 100) < 1e-6 ? share : undefined;
};

const parseMoment = (value: unknown): number | undefined => {
  if (
    typeof value !== "string" ||
    !/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)$/.test(value)
  )
    return undefined;
  const moment = Date.parse(value) / 1000;
  return Number.isSafeInteger(moment) && moment >= 0 ? moment : undefined;
};

const DURATION = {
  is: "a length of time up to 100 days, such as 90m, 4h or 2d",
  standIn: 0,
  parse: parseDuration,
};

const readWave = (reader: ObjectReader): PlannedWave => {
  reader.only("percent", "duration", "soak");
  return {
    share: reader.custom("percent", {
      is: "a number above 0, up to 100, with two decimals at most",
      standIn: 1,
      parse: parsePercent,
    }),
    duration: reader.optional("duration", () => reader.custom("duration", DURATION)) ?? 0,
    soak: reader.optional("soak", () => reader.custom("soak", DURATION)) ?? 0,
  };
};

const readLandmark = (reader: ObjectReader): Landmark => {
  reader.only("kind", "reason");
  return {
    kind: reader.choice("kind", ["barrier", "dead-end"]),
    reason: reader.string("reason", REASON),
  };
};

/** Each wave begins when the one before has soaked. */
const placeWaves = (planned: readonly PlannedWave[], start: number): readonly Wave[] => {
  let next = start;
  return planned.map(({ share, duration, soak }) => {
    const wave = { share, start: next, duration, soak };
    next += duration + soak;
    return wave;
  });
};

/** The policy that a file of an operator says, once it is parsed. Unknown members are refused: they are slips. */
export const decodePolicy = (value: unknown): Decoded<RolloutPolicy> => {
  const problems = gatherProblems();
  const reader = readObject(value, [], problems);
  reader.only("start", "waves", "groups", "landmark");
  const readGroup = (group: unknown, path: Path): readonly PlannedWave[] =>
    readList(group, { path, max: MAX_WAVES, problems }, (item, itemPath) =>
      readWave(readObject(item, itemPath, problems)),
    );
  const start = reader.optional("start", () =>
    reader.custom("start", {
      is: "a moment with its offset, such as 2027-01-31T08:00:00Z",
      standIn: 0,
      parse: parseMoment,
    }),
  );
  const landmark = reader.optional("landmark", () => readLandmark(reader.object("landmark")));
  const policy: RolloutPolicy = {
    ...(start === undefined ? {} : { start }),
    waves: reader.list("waves", MAX_WAVES, readWave),
    groups:
      reader.optional("groups", () =>
        reader.map("groups", { max: MAX_GROUPS, names: NAME }, readGroup),
      ) ?? new Map(),
    ...(landmark === undefined ? {} : { landmark }),
  };
  checkWaves(placeWaves(policy.waves, 0), ["waves"], problems);
  for (const [group, waves] of policy.groups)
    checkWaves(placeWaves(waves, 0), ["groups", group], problems);
  return finish(policy, problems);
};

/** The rollout of a release by a policy. `now` is when it begins, where the policy says nothing else. */
export const planRollout = (
  policy: RolloutPolicy,
  release: { readonly version: string; readonly salt: string; readonly minimalAgent?: string },
  now: number,
): Rollout => {
  const start = policy.start ?? now;
  return {
    ...release,
    waves: placeWaves(policy.waves, start),
    groups: new Map([...policy.groups].map(([name, waves]) => [name, placeWaves(waves, start)])),
    ...(policy.landmark === undefined ? {} : { landmark: policy.landmark }),
  };
};
