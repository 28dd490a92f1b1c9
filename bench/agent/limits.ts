/** What the agent must keep to, held against what was measured. Pure. */
import type { Counted } from "@slipway/host/testing";
import type { Idle, Rollback, Staging } from "./parts.ts";

export interface Measured {
  readonly check: Counted;
  readonly idle: Idle;
  readonly staging: Staging;
  readonly rollback: Rollback;
}

export type Part = keyof Measured;

export const PARTS: readonly Part[] = ["check", "idle", "staging", "rollback"];

export interface Verdict {
  readonly part: Part;
  readonly what: string;
  readonly unit: string;
  readonly measured: number;
  readonly most: number;
  readonly isKept: boolean;
}

const MB = 1e6;
const KB = 1e3;

/** Limits as the product promises them: a figure of a part, what it is called, and how much it may be. */
interface Limit<P extends Part> {
  readonly what: string;
  readonly unit: string;
  readonly most: number;
  readonly figure: (measured: Measured[P]) => number;
}

const LIMITS: { readonly [P in Part]: readonly Limit<P>[] } = {
  check: [
    {
      what: "a look with nothing new, HTTP both ways",
      unit: "kB",
      most: 5,
      figure: ({ asked, answered }) => (asked + answered) / KB,
    },
  ],
  idle: [
    {
      what: "idle: anonymous memory",
      unit: "MB",
      most: 35,
      figure: ({ anonymousBytes }) => anonymousBytes / MB,
    },
    { what: "idle: RSS", unit: "MB", most: 95, figure: ({ rssBytes }) => rssBytes / MB },
    {
      what: "idle: processor, looks included",
      unit: "%",
      most: 0.1,
      figure: ({ cpuPercent }) => cpuPercent,
    },
  ],
  staging: [
    {
      what: "staging by delta",
      unit: "s",
      most: 20,
      figure: ({ wallSeconds }) => wallSeconds,
    },
    {
      what: "staging: memory of daemon and helper",
      unit: "MB",
      most: 150,
      figure: ({ memory }) => memory.shareBytes / MB,
    },
  ],
  rollback: [
    {
      what: "rollback, from the command to the restart",
      unit: "s",
      most: 5,
      figure: ({ wallSeconds }) => wallSeconds,
    },
  ],
};

const judgePart = <P extends Part>(part: P, measured: Measured[P]): readonly Verdict[] =>
  LIMITS[part].map(({ what, unit, most, figure }) => {
    const value = figure(measured);
    return { part, what, unit, measured: value, most, isKept: value <= most };
  });

/** Of the parts that were measured, in the order of `PARTS`. */
export const judge = (measured: Partial<Measured>): readonly Verdict[] => [
  ...(measured.check === undefined ? [] : judgePart("check", measured.check)),
  ...(measured.idle === undefined ? [] : judgePart("idle", measured.idle)),
  ...(measured.staging === undefined ? [] : judgePart("staging", measured.staging)),
  ...(measured.rollback === undefined ? [] : judgePart("rollback", measured.rollback)),
];

const DIGITS: Readonly<Record<string, number>> = { "%": 3, kB: 2, MB: 1, s: 2 };

const line = ({ what, unit, measured, most, isKept }: Verdict): string =>
  [
    what.padEnd(44),
    measured.toFixed(DIGITS[unit] ?? 1).padStart(9),
    `${most}`.padStart(8),
    unit.padEnd(3),
    isKept ? "" : "MISSED",
  ]
    .join(" ")
    .trimEnd();

/** The figures that no limit is set for, and that explain the others. */
const remarks = ({ check, idle, staging, rollback }: Partial<Measured>): readonly string[] => [
  ...(check === undefined
    ? []
    : [
        `the look: ${check.asked} bytes asked, ${check.answered} answered, connections: ${check.connections}`,
      ]),
  ...(idle === undefined ? [] : [`idle: connections to the repository: ${idle.connections}`]),
  ...(staging === undefined
    ? []
    : [
        `staging: ${staging.cpuSeconds.toFixed(2)} s of processor, ${(staging.fetchedBytes / MB).toFixed(2)} MB fetched, RSS of the helper alone ${(staging.memory.largestBytes / MB).toFixed(1)} MB, load of the machine ${staging.load.toFixed(2)}`,
      ]),
  ...(rollback === undefined ? [] : [`rollback: ${rollback.cpuSeconds.toFixed(2)} s of processor`]),
];

/** For people. */
export const formatReport = (measured: Partial<Measured>): string =>
  [
    `${"".padEnd(44)} ${"measured".padStart(9)} ${"at most".padStart(8)}`,
    ...judge(measured).map(line),
    "",
    ...remarks(measured),
    "",
  ].join("\n");
