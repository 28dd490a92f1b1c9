/** From single runs to the table: medians, ratios, what was promised. Pure. */
import type { Cost } from "../measure/measure.ts";
import { median } from "../measure/median.ts";
import { type Contestant, OWN_LIMIT_BYTES, type Row, type RowId } from "./rows.ts";

export type Runs = ReadonlyMap<RowId, Readonly<Record<Contestant, readonly Cost[]>>>;

export interface RowSummary {
  readonly id: RowId;
  readonly title: string;
  readonly slipway?: Summary;
  readonly mkosi?: Summary;
  /** mkosi's median over slipway's: above 1, slipway needs less. */
  readonly ratio?: Omit<Cost, "ownBytes">;
  readonly promises: readonly Promised[];
}

export interface Summary {
  readonly median: Cost;
  readonly runs: readonly Cost[];
}

export interface Promised {
  readonly what: string;
  readonly kept: boolean;
}

/** Each figure's own median. */
export const medianOf = (costs: readonly Cost[]): Cost => {
  const middle = (figure: keyof Cost): number => median(costs.map((cost) => cost[figure]));
  return {
    wallSeconds: middle("wallSeconds"),
    cpuSeconds: middle("cpuSeconds"),
    largestBytes: middle("largestBytes"),
    ownBytes: middle("ownBytes"),
  };
};

export const summarize = (row: Row, runs: Runs): RowSummary => {
  const of = (contestant: Contestant): Summary | undefined => {
    const costs = runs.get(row.id)?.[contestant] ?? [];
    return costs.length === 0 ? undefined : { median: medianOf(costs), runs: costs };
  };
  const [slipway, mkosi] = [of("slipway"), of("mkosi")];
  const ratio =
    slipway === undefined || mkosi === undefined
      ? undefined
      : {
          wallSeconds: mkosi.median.wallSeconds / slipway.median.wallSeconds,
          cpuSeconds: mkosi.median.cpuSeconds / slipway.median.cpuSeconds,
          largestBytes: mkosi.median.largestBytes / slipway.median.largestBytes,
        };
  return {
    id: row.id,
    title: row.title,
    ...(slipway === undefined ? {} : { slipway }),
    ...(mkosi === undefined ? {} : { mkosi }),
    ...(ratio === undefined ? {} : { ratio }),
    promises: slipway === undefined ? [] : promisesOf(row, slipway.median, ratio),
  };
};

const promisesOf = (row: Row, median: Cost, ratio: RowSummary["ratio"]): readonly Promised[] => {
  const { wallSeconds, ratio: least } = row.limits;
  const promises: Promised[] = [];
  if (wallSeconds !== undefined) {
    promises.push({
      what: `${seconds(median.wallSeconds)} s, at most ${wallSeconds}`,
      kept: median.wallSeconds <= wallSeconds,
    });
  }
  if (least !== undefined && ratio !== undefined) {
    promises.push({
      what: `${ratio.wallSeconds.toFixed(1)} and ${ratio.cpuSeconds.toFixed(1)} times as fast as mkosi by wall and CPU, at least ${least}`,
      kept: ratio.wallSeconds >= least && ratio.cpuSeconds >= least,
    });
  }
  promises.push({
    what: `${megabytes(median.ownBytes)} MB in slipway's own process, at most ${megabytes(OWN_LIMIT_BYTES)}`,
    kept: median.ownBytes <= OWN_LIMIT_BYTES,
  });
  return promises;
};

export const seconds = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

export const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
