/** What must be reached, held against what was measured. Pure. */
import type { Outcome, PairReport } from "./outcome.ts";

export interface Verdict {
  /** Undefined: a figure that it takes is missing. */
  readonly isKept: boolean | undefined;
  readonly text: string;
}

const MB = 1e6;
const KB = 1e3;

const DELTA_OVER_OSTREE = { each: 0.85, mean: 0.8 } as const;
const INDEX_OVER_CASYNC = 0.9;
const OVER_FULL = 1.01;
const CONFIG_BYTES = 100 * KB;
const QUIET_UKI_BYTES = 100 * KB;
const UKI_OVER_PATCHES = 1.5;
const APPLY_BYTES = 150 * MB;
const APPLY_RATE = 60 * MB;
const MAKE_SECONDS = 180;
const MAKE_BYTES = 1.5e9;

/** All that is fetched for the root image. */
const root = (outcome: Outcome | undefined): number | undefined =>
  outcome === undefined ? undefined : (outcome.parts["root"] ?? 0) + (outcome.parts["index"] ?? 0);

const share = (part: number | undefined, whole: number | undefined): number | undefined =>
  part === undefined || whole === undefined ? undefined : part / whole;

const atMost = (value: number | undefined, limit: number, text: string): Verdict => ({
  isKept: value === undefined ? undefined : value <= limit,
  text,
});

const shown = (value: number | undefined, show: (value: number) => string): string =>
  value === undefined ? "not measured" : show(value);

const ratio = (value: number | undefined): string => shown(value, (n) => n.toFixed(3));
const megabytes = (value: number | undefined): string =>
  shown(value, (n) => `${(n / MB).toFixed(1)} MB`);
const kilobytes = (value: number | undefined): string =>
  shown(value, (n) => `${(n / KB).toFixed(1)} kB`);

/** The ratio of the root image by delta over the ostree static delta. */
const overOstree = ({ outcomes: { ours, ostree } }: PairReport): number | undefined =>
  share(root(ours.delta), ostree?.bytes);

const ofPair = (pair: PairReport): readonly Verdict[] => {
  const { id, rootBytes, outcomes } = pair;
  const { delta, index, full } = outcomes.ours;
  const toOstree = overOstree(pair);
  const toCasync = share(root(index), outcomes.casync?.bytes);
  const dearest = share(
    delta === undefined || index === undefined
      ? undefined
      : Math.max(root(delta) ?? 0, root(index) ?? 0),
    root(full),
  );
  return [
    atMost(
      toOstree,
      DELTA_OVER_OSTREE.each,
      `${id}: root by delta ${ratio(toOstree)} of ostree's static delta, at most ${DELTA_OVER_OSTREE.each}`,
    ),
    atMost(
      toCasync,
      INDEX_OVER_CASYNC,
      `${id}: root by index ${ratio(toCasync)} of casync, at most ${INDEX_OVER_CASYNC}`,
    ),
    atMost(
      dearest,
      OVER_FULL,
      `${id}: the dearer of delta and index ${ratio(dearest)} of the full image, at most ${OVER_FULL}`,
    ),
    ...WAYS.flatMap((way) => ofStaging(`${id}: staging by ${way}`, rootBytes, outcomes.ours[way])),
  ];
};

const WAYS = ["delta", "index", "full"] as const;

const ofStaging = (
  what: string,
  rootBytes: number,
  outcome: Outcome | undefined,
): readonly Verdict[] => {
  if (outcome === undefined || outcome.result === "not made") return [];
  const { apply, result } = outcome;
  // By CPU time, for the limit is for one core, whatever else the machine has to do.
  const rate = share(rootBytes, apply?.cpuSeconds);
  return [
    atMost(
      apply?.peakBytes,
      APPLY_BYTES,
      `${what} takes ${megabytes(apply?.peakBytes)}, at most ${megabytes(APPLY_BYTES)}`,
    ),
    {
      isKept: rate === undefined ? undefined : rate >= APPLY_RATE,
      text: `${what} makes ${megabytes(rate)} of root a second of CPU, at least ${megabytes(APPLY_RATE)}`,
    },
    { isKept: result === "equal", text: `${what} makes what has the release's root hash` },
  ];
};

const ofConfig = ({ id, outcomes: { ours } }: PairReport): readonly Verdict[] => {
  const everything = ours.delta?.bytes;
  const uki = ours.delta?.parts["uki"];
  return [
    atMost(
      everything,
      CONFIG_BYTES - 1,
      `${id}: all that a node downloads ${kilobytes(everything)}, less than ${kilobytes(CONFIG_BYTES)}`,
    ),
    atMost(
      uki,
      QUIET_UKI_BYTES - 1,
      `${id}: the UKI ${kilobytes(uki)}, less than ${kilobytes(QUIET_UKI_BYTES)}`,
    ),
  ];
};

/** In S3 there is no limit: the kernel in it is compressed, and nothing of the old one helps. */
const ofUki = ({ id, ukiPatches, outcomes: { ours } }: PairReport): readonly Verdict[] => {
  const toPatches = share(ours.delta?.parts["uki"], ukiPatches?.bytes);
  return [
    atMost(
      toPatches,
      UKI_OVER_PATCHES,
      `${id}: the UKI by delta ${ratio(toPatches)} of the patches of its ${ukiPatches?.files ?? 0} changed files, at most ${UKI_OVER_PATCHES}`,
    ),
  ];
};

const ofMaking = ({ id, outcomes: { ours } }: PairReport): readonly Verdict[] => {
  const make = ours.delta?.make;
  return [
    atMost(
      make?.wallSeconds,
      MAKE_SECONDS,
      `${id}: making the delta takes ${shown(make?.wallSeconds, (n) => n.toFixed(0))} s, at most ${MAKE_SECONDS}`,
    ),
    atMost(
      make?.peakBytes,
      MAKE_BYTES,
      `${id}: making the delta takes ${megabytes(make?.peakBytes)}, at most ${megabytes(MAKE_BYTES)}`,
    ),
  ];
};

const geometricMean = (values: readonly number[]): number | undefined =>
  values.length === 0
    ? undefined
    : Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** Every limit, of the pairs that are not void. */
export const judge = (reports: readonly PairReport[]): readonly Verdict[] => {
  const pairs = reports.filter(({ isVoid }) => !isVoid);
  const ofPackages = pairs.filter(({ id }) => id !== "config");
  const ratios = ofPackages.map(overOstree);
  const mean = ratios.includes(undefined)
    ? undefined
    : geometricMean(ratios.flatMap((value) => value ?? []));
  return [
    ...ofPackages.flatMap(ofPair),
    atMost(
      mean,
      DELTA_OVER_OSTREE.mean,
      `root by delta in geometric mean ${ratio(mean)} of ostree's static deltas, at most ${DELTA_OVER_OSTREE.mean}`,
    ),
    ...pairs.filter(({ id }) => id === "S2").flatMap(ofUki),
    ...pairs.filter(({ id }) => id === "config").flatMap(ofConfig),
    ...pairs.filter(({ id }) => id === "S3").flatMap(ofMaking),
  ];
};
