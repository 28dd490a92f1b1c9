/** What is measured, in the order in which it is. Pure. */

export type Contestant = "slipway" | "mkosi";

export type RowId =
  | "cold-everything"
  | "cold-tools"
  | "cold"
  | "config-changed"
  | "unchanged"
  | "unlooked";

export interface Row {
  readonly id: RowId;
  readonly title: string;
  /** In the order in which they alternate. */
  readonly contestants: readonly Contestant[];
  /** What slipway must keep to; figures of the issue that asks for this benchmark. */
  readonly limits: Limits;
}

export interface Limits {
  readonly wallSeconds?: number;
  /** Wall and CPU time of mkosi over those of slipway, at least. */
  readonly ratio?: number;
}

/** Of slipway's own process, in every row. */
export const OWN_LIMIT_BYTES: number = 300 * 1000 * 1000;

export const ROWS: readonly Row[] = [
  {
    id: "cold-everything",
    title: "cold, everything empty",
    contestants: ["slipway"],
    limits: { wallSeconds: 360 },
  },
  {
    id: "cold-tools",
    title: "cold, .debs cached",
    contestants: ["slipway"],
    limits: { wallSeconds: 90 },
  },
  {
    id: "cold",
    title: "cold, .debs and tools cached",
    contestants: ["slipway", "mkosi"],
    limits: { wallSeconds: 90, ratio: 1 },
  },
  {
    id: "config-changed",
    title: "config changed",
    contestants: ["slipway", "mkosi"],
    limits: { wallSeconds: 8, ratio: 3 },
  },
  {
    id: "unchanged",
    title: "nothing changed",
    contestants: ["slipway", "mkosi"],
    limits: { wallSeconds: 1 },
  },
  {
    id: "unlooked",
    title: "nothing changed, inputs not looked at",
    contestants: ["mkosi"],
    limits: {},
  },
];
