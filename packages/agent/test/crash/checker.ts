/** Judges disks that a power cut left, each by what a machine would do with it. */
import { inspect } from "node:util";
import {
  type Sectors,
  diskOn,
  type CrashState,
  readFat,
  FatError,
  crashStates,
  type SimulatedDisk,
} from "@slipway/host/testing";
import { parseEntryName } from "../../src/esp/entry-name.ts";
import type { LedgerView } from "../../src/ledger/view.ts";
import { isCarried, readEtc } from "./etc.ts";
import { type Choice, chooses, slotsWith } from "./loader.ts";
import { REGIONS, varFilesOn } from "./machine.ts";
import type { TinyRelease } from "./releases.ts";
import { type Act, bootNode, ledgerOn, type Node, type Watcher } from "./story.ts";

export interface CheckOptions {
  readonly releases: readonly TinyRelease[];
  /** Programs of which one has to be in each of the loader's places. */
  readonly loaders: readonly Uint8Array[];
  /** So many disks of a first cut, at most. */
  readonly limit: number;
  /** After so many of them, spread evenly, the act is played again to its end. */
  readonly replays: number;
  /** So many disks of a second cut, in what was played again, at most, each time. */
  readonly secondLimit: number;
  readonly seed: number;
  /** Digests of the disks that were looked at. */
  readonly seen: Set<number>;
  /** A slot may be spoilt as long as its release is on probation, or its name is torn and the ledger is what condemns it. */
  readonly spoilt?: boolean;
}

/** What became of the contents that one place in the code wrote. */
export interface SiteCount {
  lost: number;
  arrived: number;
  torn: number;
}

export interface Report {
  readonly intervals: number;
  readonly replayed: number;
  readonly sites: ReadonlyMap<string, SiteCount>;
  readonly violation: string | undefined;
}

interface Moment {
  readonly event: number;
  readonly mayBoot: readonly TinyRelease[];
}

/** What was so at which time of a disk's history. */
export interface Record {
  readonly moments: Moment[];
  readonly lines: { readonly event: number; readonly count: number }[];
}

/** Writes down what an act tells. */
export const recorder = (
  disk: SimulatedDisk,
  begin: readonly TinyRelease[],
): Record & { readonly watch: Watcher } => {
  const moments: Moment[] = [{ event: 0, mayBoot: begin }];
  const lines: { event: number; count: number }[] = [];
  return {
    moments,
    lines,
    watch: {
      mayBoot: (...mayBoot) => void moments.push({ event: disk.events, mayBoot }),
      wrote: (count) => void lines.push({ event: disk.events, count }),
    },
  };
};

/** All disks that a cut during the act could leave, and a second one after it, up to the limits; ends with the first that is wrong. */
export const checkAct = async (
  act: Act,
  disk: SimulatedDisk,
  record: Record,
  options: CheckOptions,
): Promise<Report> => {
  const { limit, seed, replays, secondLimit, seen } = options;
  const sites = new Map<string, SiteCount>();
  let [replayed, intervals] = [0, disk.intervals().length];
  const report = (violation?: string): Report => ({ replayed, intervals, sites, violation });
  const check = async (states: Iterable<CrashState>, of: Record): Promise<string | undefined> => {
    const judge = judgeOf(of, options);
    for (const state of states) {
      seen.add(state.digest);
      count(sites, state);
      const wrong = await judge(state);
      if (wrong !== undefined) return `${wrong}, after a ${state.explain()}`;
    }
    return undefined;
  };
  const states = [...crashStates(disk, limit, seed)];
  const wrong = await check(states, record);
  if (wrong !== undefined) return report(wrong);
  const every = Math.max(1, Math.ceil(states.length / replays));
  for (let index = 0; index < states.length; index += every) {
    const state = states[index];
    if (state === undefined) break;
    const played = await replay(act, state, record, options);
    replayed += 1;
    if (played === "nothing to lose") continue;
    if (typeof played === "string") return report(`${played}, after a ${state.explain()}`);
    intervals += played.disk.intervals().length;
    const second = await check(crashStates(played.disk, secondLimit, seed + index), played.record);
    if (second !== undefined) {
      return report(`${second}, on a disk that was left by a ${state.explain()}`);
    }
  }
  return report();
};

const count = (sites: Map<string, SiteCount>, { found, torn }: CrashState): void => {
  const of = (site: string): SiteCount => {
    const known = sites.get(site);
    if (known !== undefined) return known;
    const counted = { lost: 0, arrived: 0, torn: 0 };
    sites.set(site, counted);
    return counted;
  };
  for (const { content, newest } of found()) {
    if (content.at >= 0) of(content.site).arrived += 1;
    if (!newest) of(content.site).lost += 1;
  }
  if (torn !== undefined) of(torn.newer.site).torn += 1;
};

/** What is wrong with a state, in words. Regions that are as in an earlier state are not judged again. */
const judgeOf = (
  record: Record,
  { releases, loaders, spoilt = false }: CheckOptions,
): ((state: CrashState) => Promise<string | undefined>) => {
  const choices = new Map<string, Choice | undefined>();
  const loaderFaults = new Map<string, string | undefined>();
  const slots = new Map<string, boolean>();
  const kept = new Map<string, Kept>();
  return async (state) => {
    const [espKey = "", ...others] = regionKeys(state);
    const varKey = others.at(-1) ?? "";
    const slotKey = others.slice(0, -1).join(" ");
    const loaderFault = remembered(loaderFaults, espKey, () => loaderFaultOf(state, loaders));
    if (loaderFault !== undefined) return loaderFault;
    const choice = remembered(choices, espKey, () => chooses(state, releases));
    if (choice === undefined) return "the loader finds nothing to boot";
    const { release } = choice;
    if (release === undefined) return `the loader takes ${choice.file}, which is no whole UKI`;
    if (choice.unproven !== undefined)
      return `the agent on ${release.version} would do nothing for ever: ${choice.unproven}`;
    const isWhole = remembered(
      slots,
      `${release.version} ${slotKey}`,
      () => slotsWith(state, release).length > 0,
    );
    const isOnProbation =
      (choice.tries?.left ?? 0) > 0 || parseEntryName(choice.file) === undefined;
    if (!isWhole && !(spoilt && isOnProbation)) {
      return `the loader takes ${choice.file}, whose slot does not verify`;
    }
    const allowed = allowedIn(record, state);
    if (!allowed.includes(release)) {
      return `the loader takes ${choice.file}, at a time for ${allowed.map(({ version }) => version).join(" or ")}`;
    }
    let keeps = kept.get(varKey);
    if (keeps === undefined) {
      keeps = await keptOn(state, releases);
      kept.set(varKey, keeps);
    }
    return faultOfKept(keeps, release, linesIn(record, state));
  };
};

const remembered = <T>(known: Map<string, T>, key: string, find: () => T): T => {
  if (known.has(key)) return known.get(key) as T;
  const found = find();
  known.set(key, found);
  return found;
};

/** One key a region: equal keys are equal contents. */
const regionKeys = ({ interval, found, torn }: CrashState): readonly string[] => {
  const sums = REGIONS.map(() => 0);
  const add = (sector: number, value: number): void => {
    const region = REGIONS.findIndex(({ first, sectors }) => sector < first + sectors);
    sums[region] = ((sums[region] ?? 0) + value) % Number.MAX_SAFE_INTEGER;
  };
  for (const { sector, content } of found()) add(sector, content.digest * 0.5);
  if (torn !== undefined)
    add(torn.sector, torn.newer.digest * 0.25 + torn.parts * 7919 + torn.older.digest * 0.125);
  return sums.map((sum) => `${interval.index}:${sum}`);
};

const allowedIn = (
  { moments }: Record,
  { interval: { from, until } }: CrashState,
): readonly TinyRelease[] => {
  const last = moments.findLastIndex(({ event }) => event <= from);
  return moments
    .filter(({ event }, index) => index === last || (event > from && event < until))
    .flatMap(({ mayBoot }) => mayBoot);
};

/** So many lines were durable before the time of the cut began. */
const linesIn = ({ lines }: Record, { interval: { from } }: CrashState): number =>
  lines.findLast(({ event }) => event <= from)?.count ?? 0;

const PLACES = ["/EFI/systemd/systemd-bootx64.efi", "/EFI/BOOT/BOOTX64.EFI"];

const loaderFaultOf = (state: Sectors, loaders: readonly Uint8Array[]): string | undefined => {
  const reader = readFat(state);
  return PLACES.flatMap((place) => {
    try {
      const bytes = reader.readFile(place);
      const isWhole = loaders.some((program) => Buffer.compare(program, bytes) === 0);
      return isWhole ? [] : [`${place} is no whole loader`];
    } catch (error) {
      if (error instanceof FatError) return [`${place} cannot be read: ${error.message}`];
      throw error;
    }
  })[0];
};

/** What `/var` keeps. */
interface Kept {
  readonly ledger: LedgerView;
  readonly etc: ReadonlyMap<TinyRelease, boolean>;
}

const keptOn = async (state: CrashState, releases: readonly TinyRelease[]): Promise<Kept> => {
  const files = varFilesOn(diskOn(state));
  const etc = new Map<TinyRelease, boolean>();
  for (const release of releases)
    etc.set(release, isCarried(await readEtc(files, release), release));
  return { ledger: await ledgerOn(files, () => undefined).view(), etc };
};

const faultOfKept = (
  { ledger: { history }, etc }: Kept,
  release: TinyRelease,
  lines: number,
): string | undefined => {
  if (etc.get(release) !== true) return `release ${release.version} finds no /etc of its own`;
  if (history.length < lines) return `the ledger has ${history.length} lines of ${lines}`;
  const isFirst = release.version === "1";
  const isKnown = history.some(
    (line) => line.kind === "finalized" && line.release.roothash === release.roothash,
  );
  return isFirst || isKnown ? undefined : `the ledger knows nothing of release ${release.version}`;
};

/** Switches the machine on with what the cut left, and plays the act to its end; a text says why that did not work. */
const replay = async (
  act: Act,
  state: CrashState,
  { moments }: Record,
  { releases, loaders }: CheckOptions,
): Promise<string | { readonly disk: SimulatedDisk; readonly record: Record }> => {
  // Two cuts, of which each takes an entry, the second one in the loader's own rename, leave none. Nobody can help that but a better file system.
  const choice = chooses(state, releases);
  if (choice?.tries !== undefined && choice.others === 0) return "nothing to lose";
  const disk = diskOn(state);
  const record = recorder(
    disk,
    moments.flatMap(({ mayBoot }) => mayBoot),
  );
  try {
    const node: Node = bootNode(disk, releases, record.watch);
    await act.play(node);
    // A cut may have taken the release on its way there: then it is tried once more.
    if (![act.end, ...(act.endUnlessLost ?? [])].includes(node.booted())) await act.play(node);
  } catch (error) {
    return `played again, the act fails: ${inspect(error, { depth: 4 })}`;
  }
  const last = chooses(disk, releases);
  const ends = [act.end, ...(act.endUnlessLost ?? [])];
  const found = ends.find((end) => end === last?.release);
  if (found === undefined || slotsWith(disk, found).length === 0)
    return `played again, the act ends with ${last?.file}`;
  return loaderFaultOf(disk, loaders) ?? { disk, record };
};
